"""Hybrid word embeddings -> perplexities: vectors that join Doc2Vec's and ELMo's, and a softmax on them.

``head`` learns p(word | context) from a cohort's speech; ``perplexities`` turns it into features of a recording that
were never scored by a head that saw the speaker; ``paired`` compares the speech of cases with that of controls.
"""

from pipeline.hybrid.head import HybridHead
from pipeline.hybrid.paired import PairedPerplexity
from pipeline.hybrid.perplexities import HybridPerplexity

__all__ = ["HybridHead", "HybridPerplexity", "PairedPerplexity"]
