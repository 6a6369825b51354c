"""Hybrid perplexity as features: every description is by a head that had not seen the group."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from adscreen.errors import InputError
from adscreen.estimator import HybridHead, HybridPerplexity
from adscreen.estimator.hybrid_perplexity import SUMMARIES, _deal
from adscreen.extract.feature_table import GROUP, SENTENCE_WORDS, STATES, TOKENS, FeatureTable

ROWS = slice(0, 16)


@pytest.fixture(scope="module")
def fitted(simulated_table: FeatureTable) -> tuple[HybridPerplexity, np.ndarray]:
    """A fitted transformer, and what describes its training rows."""
    transformer = HybridPerplexity(parts=2)
    return transformer, transformer.fit_transform(simulated_table.inputs[ROWS], simulated_table.cases[ROWS])


def test_a_training_row_is_described_by_a_head_that_did_not_see_its_group(
    fitted: tuple[HybridPerplexity, np.ndarray], simulated_table: FeatureTable
) -> None:
    """Mean and maximum are those of a head fitted on the other part's groups."""
    _, described = fitted
    rows = simulated_table.inputs[ROWS]
    part = _deal(rows[GROUP].to_numpy(dtype=str), 2, seed=0)
    assert {0, 1} == set(part.tolist())
    for number in (0, 1):
        assert not set(rows[GROUP][part == number]) & set(rows[GROUP][part != number])
        own = HybridHead().fit(rows[part != number]).sentence_log_perplexities(rows[part == number])
        expected = [(values.mean(), values.max()) for values in own]
        assert expected == [pytest.approx(tuple(row[[0, 2]])) for row in described[part == number]]


def test_the_limit_is_of_controls_that_were_held_out(
    fitted: tuple[HybridPerplexity, np.ndarray], simulated_table: FeatureTable
) -> None:
    """The training controls' sentences lie above it in one of ten, the cases' in another share."""
    _, described = fitted
    controls = simulated_table.cases[ROWS] == 0
    counts = np.array([sum(n > 0 for n in of) for of in simulated_table.inputs[SENTENCE_WORDS][ROWS]])
    above = described[:, SUMMARIES.index("share_above_controls")] * counts
    assert 0.1 == pytest.approx(above[controls].sum() / counts[controls].sum(), abs=0.01)


def test_a_new_row_is_described_by_every_head(
    fitted: tuple[HybridPerplexity, np.ndarray], simulated_table: FeatureTable
) -> None:
    """Its mean is the average over heads of its sentences' mean."""
    transformer, _ = fitted
    new = simulated_table.inputs[16:20]
    expected = np.mean([[v.mean() for v in head.sentence_log_perplexities(new)] for head in transformer.heads_], axis=0)
    assert expected == pytest.approx(transformer.transform(new)[:, 0])


def test_what_cannot_be_computed_is_missing(
    fitted: tuple[HybridPerplexity, np.ndarray], simulated_table: FeatureTable
) -> None:
    """Of one sentence there is no spread and no slope; of none there is nothing; never 0."""
    transformer, _ = fitted
    row = simulated_table.inputs[16:17]
    words = row[TOKENS].iloc[0][:4]
    one = row.assign(**{TOKENS: [words], SENTENCE_WORDS: [[4]], STATES: [row[STATES].iloc[0][:4]]})
    none = row.assign(**{TOKENS: [[]], SENTENCE_WORDS: [[0]], STATES: [row[STATES].iloc[0][:0]]})
    missing = np.isnan(transformer.transform(one))[0]
    assert {"sd", "slope"} == {name for name, absent in zip(SUMMARIES, missing, strict=True) if absent}
    assert np.isnan(transformer.transform(none)).all()
    assert len(SUMMARIES) == len(transformer.get_feature_names_out())


def test_groups_are_dealt_evenly_and_by_the_seed() -> None:
    """Parts differ by one group at most, a group lies in one part, another seed deals otherwise."""
    groups = np.repeat([f"g{number:02d}" for number in range(11)], 3)
    part = _deal(groups, 3, seed=0)
    assert [3, 4, 4] == sorted(len(set(groups[part == number])) for number in range(3))
    assert all(1 == len(set(part[groups == group])) for group in set(groups))
    assert np.array_equal(part, _deal(groups, 3, seed=0))
    assert not np.array_equal(part, _deal(groups, 3, seed=1))
    assert 1 == _deal(groups[:6], 3, seed=0).max()  # two groups make two parts


def test_one_group_cannot_be_cross_fitted(simulated_table: FeatureTable) -> None:
    """There is nobody to learn from: an error, not a score of one's own text."""
    rows = simulated_table.inputs[:4].assign(**{GROUP: "all"})
    with pytest.raises(InputError, match="one group"):
        HybridPerplexity().fit(rows, simulated_table.cases[:4])


def test_it_must_be_fitted_first(simulated_table: FeatureTable) -> None:
    """Transforming before fitting is an error."""
    with pytest.raises(NotFittedError):
        HybridPerplexity().transform(simulated_table.inputs[:1])
