"""adscreen: transcripts of spontaneous speech -> leak-free evaluation, scores and one report per recording.

Read a cohort, compute features, evaluate, train, score:

    cohort = adscreen.read_cohort("manifest.csv")
    table = adscreen.extract_features(cohort, jobs=2)
    adscreen.evaluate(table).save("evaluation")
    model = adscreen.ScreeningModel().fit(table)
    adscreen.score(model, "held_out.csv").save("scores")
    adscreen.validate(model, "other_clinic.csv").save("validation")

Names are imported when they are first used, so that ``import adscreen`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from adscreen.errors import InputError
from adscreen.records import Diagnostic, Event, Pause, Sentence, Transcript, Utterance, Word
from adscreen.version import __version__

if TYPE_CHECKING:
    from adscreen.auditing.finding import Finding
    from adscreen.cohort import Cohort, Recording, make_cohort, read_cohort
    from adscreen.estimator.doc2vec import Doc2VecVectorizer
    from adscreen.estimator.study import StudySettings, read_study
    from adscreen.extract.feature_table import FeatureTable
    from adscreen.ingest import read_transcript
    from adscreen.metrics.sample_size import plan_sample_size
    from adscreen.model.screening_model import ScreeningModel
    from adscreen.studies.audit_run import audit
    from adscreen.studies.comparison_run import compare
    from adscreen.studies.evaluation_run import Evaluation, evaluate
    from adscreen.studies.feature_run import extract_features
    from adscreen.studies.scores import Scores, score
    from adscreen.studies.validation_run import Validation, validate
    from adscreen.text import ElmoVectorizer, PerplexityVectorizer

_PLACES = {
    "Cohort": "cohort",
    "Recording": "cohort",
    "make_cohort": "cohort",
    "read_cohort": "cohort",
    "read_transcript": "ingest",
    "FeatureTable": "extract.feature_table",
    "Finding": "auditing.finding",
    "extract_features": "studies.feature_run",
    "StudySettings": "estimator.study",
    "read_study": "estimator.study",
    "Evaluation": "studies.evaluation_run",
    "evaluate": "studies.evaluation_run",
    "audit": "studies.audit_run",
    "compare": "studies.comparison_run",
    "plan_sample_size": "metrics.sample_size",
    "ScreeningModel": "model.screening_model",
    "Scores": "studies.scores",
    "score": "studies.scores",
    "Validation": "studies.validation_run",
    "validate": "studies.validation_run",
    "Doc2VecVectorizer": "estimator.doc2vec",
    "ElmoVectorizer": "text",
    "PerplexityVectorizer": "text",
}

__all__ = [
    "Cohort",
    "Diagnostic",
    "Doc2VecVectorizer",
    "ElmoVectorizer",
    "Evaluation",
    "Event",
    "FeatureTable",
    "Finding",
    "InputError",
    "Pause",
    "PerplexityVectorizer",
    "Recording",
    "Scores",
    "ScreeningModel",
    "Sentence",
    "StudySettings",
    "Transcript",
    "Utterance",
    "Validation",
    "Word",
    "__version__",
    "audit",
    "compare",
    "evaluate",
    "extract_features",
    "make_cohort",
    "plan_sample_size",
    "read_cohort",
    "read_study",
    "read_transcript",
    "score",
    "validate",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{place}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
