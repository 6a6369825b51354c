"""A recording beside those of training: nothing to say, a doubt, or a reason to abstain."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.extract.feature_table import TOKENS, FeatureTable
from adscreen.model.training_scope import (
    Observed,
    TrainingScope,
    compare_scope,
    describe_scope,
    share_of_fillers,
    share_unknown,
    source_of,
)

SCOPE = TrainingScope(
    languages=["eng"],
    tasks=["cookie"],
    sources=["by hand"],
    words=[60, 300],
    out_of_vocabulary=[0.0, 0.04],
    unknown_words=[0.02, 0.22],
    fillers=0.03,
)
USUAL = Observed(
    language="eng",
    task="cookie",
    source_format="chat",
    words=200,
    out_of_vocabulary=0.02,
    unknown_words=0.1,
    fillers=0.02,
)


def test_a_recording_like_those_of_training() -> None:
    """Nothing is said of it."""
    assert () == compare_scope(SCOPE, USUAL)


@pytest.mark.parametrize("language", ["en", "EN-us", "English", "eng, spa", "en_GB"])
def test_one_language_has_many_names(language: str) -> None:
    """ISO 639 codes of two and three letters, regions and English names are the same language."""
    assert () == compare_scope(SCOPE, replace(USUAL, language=language))


@pytest.mark.parametrize(
    ("change", "text", "far"),
    [
        ({"language": "fra"}, "the language is fra, training was in eng", True),
        ({"task": "cat rescue"}, "the task is cat rescue, training was on cookie", True),
        ({"words": 301}, "301 words, training recordings had 60 to 300", False),
        ({"words": 1200}, "1,200 words, training recordings had 60 to 300", False),
        ({"words": 1201}, "1,201 words, training recordings had 60 to 300", True),
        ({"words": 59}, "59 words, training recordings had 60 to 300", False),
        (
            {"out_of_vocabulary": 0.05},
            "5.0% of the words are unknown to the language model, in training 0.0% to 4.0%",
            False,
        ),
        (
            {"out_of_vocabulary": 0.5},
            "50.0% of the words are unknown to the language model, in training 0.0% to 4.0%",
            True,
        ),
        ({"unknown_words": 0.4}, "40.0% of the words are new to the model (Doc2Vec), in training 2.0% to 22.0%", False),
        ({"unknown_words": 0.6}, "60.0% of the words are new to the model (Doc2Vec), in training 2.0% to 22.0%", True),
        (
            {"source_format": "whisper"},
            "the transcript is a speech recogniser's (whisper), those of training were made by hand",
            False,
        ),
        (
            {"fillers": 0.0},
            "no filler (um, uh) in 200 words, in training half had more than 3.0%: fillers may have been cleaned away",
            False,
        ),
    ],
)
def test_what_is_unlike_is_said_with_its_value_and_trainings(change: dict[str, object], text: str, far: bool) -> None:
    """Each kind of difference is one finding, with the value and the training range; only the far ones abstain."""
    (found,) = compare_scope(SCOPE, replace(USUAL, **change))  # type: ignore[arg-type]
    assert (text, far) == (found.what, found.far)


@pytest.mark.parametrize(
    "change",
    [
        {"language": None},
        {"task": None},
        {"task": "Cookie"},
        {"source_format": "text"},
        {"source_format": "elan"},
        {"unknown_words": math.nan},
        {"words": 160, "fillers": 0.0},
    ],
)
def test_where_nothing_is_told_nothing_is_claimed(change: dict[str, object]) -> None:
    """An unknown language, task or source is no difference; nor are no fillers where fewer than five are expected."""
    assert () == compare_scope(SCOPE, replace(USUAL, **change))  # type: ignore[arg-type]


def test_training_that_did_not_tell_claims_nothing() -> None:
    """Without languages, tasks and sources in training, any of them is taken."""
    scope = replace(SCOPE, languages=[], tasks=[], sources=[], fillers=0.0)
    assert () == compare_scope(scope, replace(USUAL, language="fra", task="dogs", source_format="aws", fillers=0.0))


def test_a_recogniser_model_doubts_a_transcript_by_hand() -> None:
    """The reverse of manual training is said as well."""
    (found,) = compare_scope(replace(SCOPE, sources=["recogniser"]), USUAL)
    assert "the transcript is made by hand (chat), those of training were a speech recogniser's" == found.what


def test_reasons_to_abstain_come_first() -> None:
    """Whatever the kind, what is far stands before what is a doubt."""
    found = compare_scope(SCOPE, replace(USUAL, words=301, out_of_vocabulary=0.9, fillers=0.0))
    assert [True, False, False] == [unlike.far for unlike in found]


@given(words=st.integers(1, 5000), unknown=st.floats(0.0, 1.0), share=st.floats(0.0, 1.0))
def test_a_share_within_the_range_is_never_said(words: int, unknown: float, share: float) -> None:
    """A share is a finding where it is above training's greatest, and far only if it is a doubt already."""
    seen = replace(USUAL, words=words, unknown_words=unknown, out_of_vocabulary=share, fillers=0.1)
    texts = [found.what for found in compare_scope(SCOPE, seen)]
    assert (unknown > 0.22) == any("new to the model" in text for text in texts)
    assert (share > 0.04) == any("unknown to the language model" in text for text in texts)


def test_few_words_are_not_far() -> None:
    """One word of two unknown to the biLM may be chance; a hundred of two hundred may not."""
    few, many = (
        compare_scope(replace(SCOPE, words=[1, 300]), replace(USUAL, words=words, out_of_vocabulary=0.5))
        for words in (2, 200)
    )
    assert ([False], [True]) == ([found.far for found in few], [found.far for found in many])


def table_of(*rows: tuple[str, str], **columns: list[str | None]) -> FeatureTable:
    """Return a table of (subject, words)."""
    subjects = pd.DataFrame({"subject_id": [subject for subject, _ in rows], **columns})
    inputs = pd.DataFrame({TOKENS: [words.split() for _, words in rows], "perplexity.oov_share": np.arange(len(rows))})
    return FeatureTable(subjects, inputs, pd.DataFrame(), {"view": "spoken"})


def test_training_is_described() -> None:
    """Languages, tasks and sources that are told; ranges over recordings; unknown words as a new subject has them."""
    table = table_of(
        ("a", "um the boy"),
        ("a", "the boy boy"),
        ("b", "the um um zebra boy"),
        ("c", "boy the"),
        language=["eng", None, "eng", "eng"],
        task=["cookie", "recall", None, None],
        source_format=["chat", "text", "whisper-timestamped", "chat"],
    )
    scope = describe_scope(table, min_count=2)
    assert (["eng"], ["cookie", "recall"]) == (scope.languages, scope.tasks)
    assert ["by hand", "recogniser"] == scope.sources
    assert ([2, 5], [0.0, 3.0]) == (scope.words, scope.out_of_vocabulary)
    # without a: the 2, boy 2, um 2 -> all known; without b: um 1, zebra 0 -> 3 of 5 unknown; without c: all known
    assert [0.0, 0.6] == scope.unknown_words
    assert pytest.approx((0.0 + 1 / 3) / 2) == scope.fillers


def test_fillers_are_not_expected_of_the_fluent_view() -> None:
    """A model that reads speech without fillers claims nothing of them."""
    table = table_of(("a", "um the"), ("b", "um the"))
    assert 0.5 == describe_scope(table, min_count=1).fillers
    assert 0.0 == describe_scope(replace(table, provenance={"view": "fluent"}), min_count=1).fillers


def test_shares_of_nothing_are_nan() -> None:
    """Without a word there is no share."""
    assert math.isnan(share_of_fillers([]))
    assert math.isnan(share_unknown([], {"the"}))
    assert (0.5, 0.5) == (share_of_fillers(["Um", "boy"]), share_unknown(["um", "boy"], {"boy"}))


@pytest.mark.parametrize(
    ("source_format", "source"),
    [("chat", "by hand"), ("aws-call", "recogniser"), ("whisper", "recogniser"), ("vtt", ""), ("", "")],
)
def test_who_wrote_a_transcript(source_format: str, source: str) -> None:
    """Annotation formats are made by hand, recognisers' JSON is not; captions and plain text may be either."""
    assert source == source_of(source_format)
