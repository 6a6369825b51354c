"""The bidirectional language model (biLM) of ELMo: files, characters, engine and perplexity.

Peters et al. 2018, "Deep contextualized word representations" (ELMo); Józefowicz et al. 2016, "Exploring the limits
of language modeling" (char-CNN, projected LSTM); Kim et al. 2016 (character highway network).
"""
