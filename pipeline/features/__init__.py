"""Transcript -> linguistic features, by family. Each feature declares its formula, unit, source and view.

A feature is NaN where the speech holds fewer units than ``minimum``; it is never 0 for missing.
"""

from __future__ import annotations

import math
from typing import Any

from pipeline.features.feature import Feature, Speech, prepare_speech
from pipeline.features.fluency import FLUENCY
from pipeline.features.lexical import LEXICAL
from pipeline.records import Transcript

SET_VERSION = 1
FEATURES: tuple[Feature, ...] = (*LEXICAL, *FLUENCY)

__all__ = ["FEATURES", "SET_VERSION", "Feature", "Speech", "compute_features", "feature_dictionary", "prepare_speech"]


def compute_features(transcript: Transcript) -> dict[str, float]:
    """Return every feature of a transcript, ``family.name`` -> value, NaN where there is too little speech."""
    speech = prepare_speech(transcript)
    return {feature.key: feature.value(speech) for feature in FEATURES}


def missing_reason(feature: Feature, transcript: Transcript) -> str:
    """Return why a feature is NaN for a transcript, or an empty string where it is not."""
    speech = prepare_speech(transcript)
    if not math.isnan(feature.value(speech)):
        return ""
    size = len(speech.words(feature.view))
    return f"{size} words, needs {feature.minimum}" if size < feature.minimum else feature.undefined


def feature_dictionary() -> list[dict[str, Any]]:
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
        }
        for feature in FEATURES
    ]
