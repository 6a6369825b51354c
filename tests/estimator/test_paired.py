"""Paired perplexity: positive where a recording is likelier as a case's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

from adscreen.estimator import PairedPerplexity
from adscreen.estimator.paired import _shares
from adscreen.extract.feature_table import SENTENCE_WORDS, STATES, TOKENS, FeatureTable


@pytest.fixture(scope="module")
def paired(simulated_table: FeatureTable) -> PairedPerplexity:
    """Fitted on the first 16 rows."""
    return PairedPerplexity().fit(simulated_table.inputs[:16], simulated_table.cases[:16])


def test_without_context_it_is_two_unigram_models(paired: PairedPerplexity, simulated_table: FeatureTable) -> None:
    """At a weight of 0 a row's value is the mean log ratio of add-one shares, counted here by hand."""
    rows, cases = simulated_table.inputs, simulated_table.cases
    said = [pd.Series([w for tokens in rows[TOKENS][:16][cases[:16] == label] for w in tokens]) for label in (0, 1)]
    vocabulary = set(paired.vocabulary_.tolist())
    kept = [words.where(words.isin(vocabulary), "<UNK>").value_counts() for words in said]
    totals = [counts.sum() + len(vocabulary) for counts in kept]

    def log_share(label: int, word: str) -> float:
        return float(np.log((kept[label].get(word, 0) + 1) / totals[label]))

    row = [word if word in vocabulary else "<UNK>" for word in rows[TOKENS].iloc[20]]
    expected = np.mean([log_share(1, word) - log_share(0, word) for word in row])
    assert expected == pytest.approx(paired.log_ratios(rows[20:21], (0.0,))[0, 0])


def test_with_context_alone_it_is_the_ratio_of_two_heads(
    paired: PairedPerplexity, simulated_table: FeatureTable
) -> None:
    """At a weight of 1 it is the difference of the heads' mean log-probabilities, cases' less controls'."""
    row = simulated_table.inputs[20:21]
    controls, cases = (head.log_probabilities(row)[0].mean() for head in paired.heads_)
    assert cases - controls == pytest.approx(paired.log_ratios(row, (1.0,))[0, 0])


def test_the_weight_of_context_mixes_the_two(paired: PairedPerplexity, simulated_table: FeatureTable) -> None:
    """A quarter of the way from one to the other, for every row."""
    none, quarter, full = paired.log_ratios(simulated_table.inputs[16:], (0.0, 0.25, 1.0))
    assert 0.75 * none + 0.25 * full == pytest.approx(quarter)


def test_a_row_is_the_mean_of_its_words(paired: PairedPerplexity, simulated_table: FeatureTable) -> None:
    """decision_function averages word_log_ratios."""
    rows = simulated_table.inputs[16:20]
    expected = [of.mean() for of in paired.word_log_ratios(rows)]
    assert expected == pytest.approx(paired.decision_function(rows))
    assert [len(tokens) for tokens in rows[TOKENS]] == [len(of) for of in paired.word_log_ratios(rows)]


def test_a_word_that_one_label_says_more_speaks_for_it(simulated_table: FeatureTable) -> None:
    """Where cases say `thing` at every fifth place, held-out rows that do so score above all others."""
    cases = simulated_table.cases
    said = [
        ["thing" if case and not place % 5 else word for place, word in enumerate(tokens)]
        for tokens, case in zip(simulated_table.inputs[TOKENS], cases, strict=True)
    ]
    rows = simulated_table.inputs.assign(**{TOKENS: said})
    paired = PairedPerplexity().fit(rows[:16], cases[:16])
    assert 1.0 == roc_auc_score(cases[16:], paired.decision_function(rows[16:]))
    words = paired.word_log_ratios(rows[16:17])[0]
    assert words[np.array(said[16]) == "thing"].min() > words[np.array(said[16]) != "thing"].mean()


def test_swapping_the_labels_turns_the_sign(paired: PairedPerplexity, simulated_table: FeatureTable) -> None:
    """What speaks for cases speaks against controls, to the last bit of rounding."""
    rows, cases = simulated_table.inputs, simulated_table.cases
    swapped = PairedPerplexity().fit(rows[:16], 1 - cases[:16])
    assert paired.decision_function(rows[16:]) == pytest.approx(-swapped.decision_function(rows[16:]), abs=1e-6)


def test_a_row_without_words_is_missing(paired: PairedPerplexity, simulated_table: FeatureTable) -> None:
    """NaN, not 0, and its neighbour is as it is alone."""
    row = simulated_table.inputs[16:17]
    silent = row.assign(**{TOKENS: [[]], SENTENCE_WORDS: [[0]], STATES: [row[STATES].iloc[0][:0]]})
    found = paired.decision_function(pd.concat([silent, row]))
    assert np.isnan(found[0])
    assert found[1] == paired.decision_function(row)[0]


def test_shares_by_hand() -> None:
    """Counts 3, 0, 1 become 4/7, 1/7, 2/7."""
    assert [4 / 7, 1 / 7, 2 / 7] == pytest.approx(_shares(np.array([3, 0, 1])))


def test_it_must_be_fitted_first(simulated_table: FeatureTable) -> None:
    """Scoring before fitting is an error."""
    with pytest.raises(NotFittedError):
        PairedPerplexity().decision_function(simulated_table.inputs[:1])
