"""FeatureTable -> out-of-fold predictions and their measures, under a protocol."""

from adscreen.evaluation.evaluation import count_steps, evaluate_protocol
from adscreen.evaluation.protocols import join_cohorts
from adscreen.evaluation.results import ADSCREEN, TFIDF, FoldResult, Protocol, ProtocolEvaluation

__all__ = [
    "ADSCREEN",
    "TFIDF",
    "FoldResult",
    "Protocol",
    "ProtocolEvaluation",
    "count_steps",
    "evaluate_protocol",
    "join_cohorts",
]
