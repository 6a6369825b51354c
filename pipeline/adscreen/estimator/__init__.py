"""Feature-table inputs -> probability of the positive label: the whole of what is learned from a cohort.

``blocks`` describe a recording; a ``member`` is a classifier on some blocks; ``stack`` weighs the members' log-odds by
how well each did on recordings it had not seen (``fusion``). Everything is fitted by ``fit`` alone, on the rows given,
so that fitting inside a fold is fitting on that fold's training rows. The paper's pipeline (Li, arXiv 2510.14332) is
one member on all blocks.

``head`` learns p(word | context) from vectors that join Doc2Vec's and ELMo's; ``hybrid_perplexity`` turns it into
features of a recording that were never scored by a head that saw the speaker; ``paired`` compares the speech of cases
with that of controls.

Names are imported when they are first used, so that the settings of a study are read and checked without scikit-learn.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adscreen.estimator.baseline import words_classifier
    from adscreen.estimator.blocks import doc2vec_of
    from adscreen.estimator.fusion import Fusion, fit_fusion
    from adscreen.estimator.head import HybridHead
    from adscreen.estimator.hybrid_perplexity import HybridPerplexity
    from adscreen.estimator.member import build_member, member_logits
    from adscreen.estimator.paired import PairedPerplexity
    from adscreen.estimator.stack import Stack, build_estimator

_PLACES = {
    "Fusion": "fusion",
    "HybridHead": "head",
    "HybridPerplexity": "hybrid_perplexity",
    "PairedPerplexity": "paired",
    "Stack": "stack",
    "build_estimator": "stack",
    "build_member": "member",
    "doc2vec_of": "blocks",
    "fit_fusion": "fusion",
    "member_logits": "member",
    "words_classifier": "baseline",
}

__all__ = [
    "Fusion",
    "HybridHead",
    "HybridPerplexity",
    "PairedPerplexity",
    "Stack",
    "build_estimator",
    "build_member",
    "doc2vec_of",
    "fit_fusion",
    "member_logits",
    "words_classifier",
]


def __getattr__(name: str) -> Any:
    """Import a name of the room when it is first used."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
