"""What a page calls things: an entry is there because some page shows it."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from adscreen.features import FEATURES
from adscreen.model.trained_model import load_model
from adscreen.report.recording.phrases import (
    FAMILIES,
    MARKS,
    PROVENANCE,
    RESULTS,
    describe_model,
)
from adscreen.scoring.judged import model_facts
from adscreen.scoring.recording_report import Result, WordMark

TEXT_FAMILIES = {"perplexity", "paired", "words", "doc2vec", "elmo"}


def test_every_fact_of_a_model_that_has_a_name_is_shown(model_folder: Path) -> None:
    """Of a trained model, in this order; a name for a fact that is never handed over would be missing."""
    shown = [name for name, _ in describe_model(model_facts(load_model(model_folder)))]
    assert list(PROVENANCE.values()) == shown


def test_results_and_marks_are_those_of_the_records() -> None:
    """Each has a name, and no name is left over; an ordinary word bears no mark."""
    assert set(get_args(Result)) == set(RESULTS)
    assert set(get_args(WordMark)) - {"word"} == set(MARKS)


def test_every_family_with_a_name_is_measured() -> None:
    """By the feature set, or by one of the readers of text."""
    assert {feature.family for feature in FEATURES} | TEXT_FAMILIES == set(FAMILIES)
