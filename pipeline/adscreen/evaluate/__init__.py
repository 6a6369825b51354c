"""FeatureTable -> out-of-fold predictions and their measures, under a protocol."""

from adscreen.evaluate.evaluation import count_steps, evaluate
from adscreen.evaluate.protocols import join_cohorts
from adscreen.evaluate.results import ADSCREEN, TFIDF, Evaluation, FoldResult, Protocol

__all__ = ["ADSCREEN", "TFIDF", "Evaluation", "FoldResult", "Protocol", "count_steps", "evaluate", "join_cohorts"]
