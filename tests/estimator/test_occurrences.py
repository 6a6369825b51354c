"""Rows -> words and contexts: a context holds what stands before and after a word, and nothing of the word itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from adscreen.estimator.occurrences import read_occurrences
from adscreen.extract.feature_table import SENTENCE_WORDS, STATES, TOKENS, FeatureTable


def make_rows() -> pd.DataFrame:
    """Two recordings, of sentences of 2, 0 and 1 words, and of one of 2; P is 1, states are 1..5 and 10..50."""
    states = np.array([[number, 10 * number] for number in range(1, 6)], dtype=np.float16)
    return pd.DataFrame(
        {
            TOKENS: [["the", "boy", "falls"], ["a", "stool"]],
            SENTENCE_WORDS: [[2, 0, 1], [2]],
            STATES: [states[:3], states[3:]],
        }
    )


def test_contexts_by_hand() -> None:
    """Forward state before, backward state after, first, last; zeros across a sentence's edge."""
    found = read_occurrences(make_rows())
    expected = [[0, 20, 1, 0], [1, 0, 0, 1], [0, 0, 1, 1], [0, 50, 1, 0], [4, 0, 0, 1]]
    assert expected == found.contexts().tolist()
    assert ["the", "boy", "falls", "a", "stool"] == found.words.tolist()
    assert [0, 0, 0, 1, 1] == found.recordings.tolist()
    assert [2, 1, 2] == found.lengths.tolist()


def test_a_context_has_not_seen_its_word(simulated_table: FeatureTable) -> None:
    """A word's own state changes the contexts of its neighbours alone."""
    row = simulated_table.inputs.iloc[:1]
    before = read_occurrences(row).contexts()
    states = row[STATES].iloc[0].copy()
    states[3] += 1
    after = read_occurrences(row.assign(**{STATES: [states]})).contexts()
    assert {2, 4} == set(np.flatnonzero((before != after).any(axis=1)).tolist())


def test_a_recording_without_words_has_no_occurrence(simulated_table: FeatureTable) -> None:
    """It stands between others without shifting them."""
    rows = simulated_table.inputs.iloc[:3].copy()
    rows.at[1, TOKENS], rows.at[1, SENTENCE_WORDS] = [], [0]
    rows.at[1, STATES] = rows.at[1, STATES][:0]
    found = read_occurrences(rows)
    assert {0, 2} == set(found.recordings.tolist())
    kept = rows.iloc[[0, 2]]
    assert read_occurrences(kept).contexts().tobytes() == found.contexts().tobytes()
