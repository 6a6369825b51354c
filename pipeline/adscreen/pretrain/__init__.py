"""Text -> a biLM in AllenNLP's format: trains the char-CNN, both LSTM directions and a shared softmax.

settings says what decides a run, batches makes arrays of sentences, trainer learns from them with the loss of
sampled_softmax, log keeps the training log, run goes from a folder of text to a biLM folder. Needs PyTorch (extra
``torch``).
"""
