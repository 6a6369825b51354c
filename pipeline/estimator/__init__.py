"""Feature-table inputs -> probability of the positive label: the whole of what is learned from a cohort.

``blocks`` describe a recording; a ``member`` is a classifier on some blocks; ``stack`` weighs the members' log-odds by
how well each did on recordings it had not seen (``fusion``). Everything is fitted by ``fit`` alone, on the rows given,
so that fitting inside a fold is fitting on that fold's training rows. The paper's pipeline (Li, arXiv 2510.14332) is
one member on all blocks.
"""

from pipeline.estimator.baseline import baseline_estimator
from pipeline.estimator.blocks import doc2vec_of
from pipeline.estimator.fusion import Fusion, cross_fuse, fit_fusion
from pipeline.estimator.member import build_member, member_logits
from pipeline.estimator.stack import Stack, build_estimator

__all__ = [
    "Fusion",
    "Stack",
    "baseline_estimator",
    "build_estimator",
    "build_member",
    "cross_fuse",
    "doc2vec_of",
    "fit_fusion",
    "member_logits",
]
