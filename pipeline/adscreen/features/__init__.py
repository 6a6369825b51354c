"""Transcript -> linguistic features, by family. Each feature declares its formula, unit, source and view.

A feature is NaN where the speech holds fewer units than ``minimum``; it is never 0 for missing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from adscreen.display import shown
from adscreen.features.coherence import Vectors
from adscreen.features.feature import Feature, Speech, prepare_speech
from adscreen.features.fluency import FLUENCY
from adscreen.features.lexical import LEXICAL
from adscreen.features.norms import NormFile, norm_features
from adscreen.features.semantic import SEMANTIC
from adscreen.features.syntactic import SYNTACTIC
from adscreen.features.tasks import Task
from adscreen.language import ENGLISH, Language
from adscreen.parser import Parser
from adscreen.records import Transcript

SET_VERSION = 3
FEATURES: tuple[Feature, ...] = (*LEXICAL, *SYNTACTIC, *FLUENCY, *SEMANTIC)
FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(feature.family for feature in FEATURES))

__all__ = [
    "FAMILIES",
    "FEATURES",
    "SET_VERSION",
    "Feature",
    "Speech",
    "compute_features",
    "feature_dictionary",
    "feature_set",
    "missing_reason",
    "prepare_speech",
]


def feature_set(norms: Sequence[NormFile] = ()) -> tuple[Feature, ...]:
    """Return the features in table order: those of the set, then those of word norms."""
    return (*FEATURES, *norm_features(norms))


def compute_features(
    transcript: Transcript,
    parser: Parser | None = None,
    *,
    tasks: Sequence[Task] | None = None,
    norms: Sequence[NormFile] = (),
    vectors: Vectors | None = None,
    reference: Vectors | None = None,
    language: Language = ENGLISH,
) -> dict[str, float]:
    """Return every feature of a transcript, ``family.name`` -> value, NaN where there is too little speech.

    See ``Speech`` for what else features read; without a biLM's vectors there is no coherence.
    """
    speech = prepare_speech(transcript, parser, tasks=tasks, vectors=vectors, reference=reference, language=language)
    return {feature.key: feature.value(speech) for feature in feature_set(norms)}


def missing_reason(feature: Feature, value: float, speech: Speech) -> str:
    """Return why a feature's value is NaN, an empty string where it is not."""
    return feature.missing_reason(speech) if math.isnan(value) else ""


def feature_dictionary(norms: Sequence[NormFile] = ()) -> list[dict[str, Any]]:
    """Return what each feature is, as plain data, in table order."""
    return [
        {
            "name": feature.key,
            "family": feature.family,
            "unit": feature.unit,
            "formula": feature.formula,
            "view": feature.view,
            "minimum_words": feature.minimum,
            "source": feature.source,
            **shown(feature.key, unit=feature.unit),
        }
        for feature in feature_set(norms)
    ]
