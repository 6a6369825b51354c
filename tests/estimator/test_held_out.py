"""What is said of a training row that is held out: weights, candidates and thresholds learned nothing from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from adscreen.estimator import build_member, fit_fusion, member_logits
from adscreen.estimator.held_out import pair_folds
from adscreen.estimator.study import MemberSettings, SearchSpace
from adscreen.estimator.tuning import tune
from adscreen.extract.feature_table import FeatureTable, Fold
from adscreen.metrics import youden_threshold

SPACE = SearchSpace(C=(0.01, 1.0), doc2vec_size=(4,), doc2vec_alpha=(0.05,), elmo_size=(4,), paired_context=(0.0, 0.5))
CANDIDATES = [SPACE.candidates(name) for name in ("doc2vec+elmo", "paired", "lexical")]


@pytest.fixture(scope="module")
def inner(simulated_table: FeatureTable) -> list[Fold]:
    """Three inner folds of the simulated cohort."""
    return simulated_table.folds(3, seed=0)


def fit_on_the_rest(
    table: FeatureTable, settings: MemberSettings, inner: list[Fold], judged: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the rows of each other fold, and their log-odds by a member that saw neither it nor ``judged``."""
    found = []
    for other in sorted(set(range(len(inner))) - {judged}):
        test = inner[other][1]
        rest = [row for row in inner[judged][0].tolist() if row not in set(test.tolist())]
        with threadpool_limits(1):
            member = build_member(settings).fit(table.inputs.iloc[rest], table.cases[rest])
            found.append((test, member_logits(member, table.inputs.iloc[test])))
    return found


def test_a_row_is_judged_by_what_never_saw_it(simulated_table: FeatureTable, inner: list[Fold]) -> None:
    """Candidate, fusion and threshold of fold j come from the other folds' rows, by members that left out j as well."""
    tuned, cases = tune(simulated_table, CANDIDATES, inner=inner, seed=0), simulated_table.cases
    names = simulated_table.subjects["recording_id"].to_numpy(dtype=str)
    for number, (training, test) in enumerate(inner):
        rows = np.concatenate([inner[other][1] for other in range(3) if other != number])
        seen, new = [], []
        for of_member in CANDIDATES:
            sets = [fit_on_the_rest(simulated_table, settings, inner, number) for settings in of_member]
            areas = [np.mean([roc_auc_score(cases[own], logits) for own, logits in one]) for one in sets]
            best = int(np.argmax(np.array(areas) >= max(areas) - 1e-9))
            seen.append(np.concatenate([logits for _, logits in sets[best]]))
            with threadpool_limits(1):
                member = build_member(of_member[best]).fit(simulated_table.inputs.iloc[training], cases[training])
                new.append(member_logits(member, simulated_table.inputs.iloc[test]))
        order = np.argsort(names[rows])
        known = np.column_stack(seen)[order]
        fusion = fit_fusion(known, cases[rows[order]])
        assert_allclose(tuned.probabilities[test], expit(fusion.logits(np.column_stack(new))), atol=1e-6)
        expected = youden_threshold(expit(fusion.logits(known)), cases[rows[order]])
        assert [pytest.approx(expected, abs=1e-6)] * len(test) == tuned.thresholds[test].tolist()


def test_labels_of_a_fold_do_not_reach_what_is_said_of_it(simulated_table: FeatureTable, inner: list[Fold]) -> None:
    """With the labels of one fold's rows turned round, its rows' probabilities and thresholds stay the same bytes."""
    _, test = inner[0]
    candidates = CANDIDATES[1:]
    labels = simulated_table.subjects["label"].to_numpy(dtype=object).copy()
    other = {simulated_table.positive: simulated_table.negative, simulated_table.negative: simulated_table.positive}
    labels[test] = [other[label] for label in labels[test]]
    turned = replace(simulated_table, subjects=simulated_table.subjects.assign(label=labels))
    first, second = (tune(table, candidates, inner=inner, seed=0) for table in (simulated_table, turned))
    assert first.probabilities[test].tobytes() == second.probabilities[test].tobytes()
    assert first.thresholds[test].tobytes() == second.thresholds[test].tobytes()
    assert first.probabilities.tobytes() != second.probabilities.tobytes()


def test_with_two_inner_folds_the_other_fold_is_split(simulated_table: FeatureTable) -> None:
    """Each is then judged by members fitted on halves of the other: four fits, each label still on both sides."""
    inner = simulated_table.folds(2, seed=0)
    parts = pair_folds(simulated_table, inner, seed=0)
    groups = simulated_table.groups
    assert 4 == len(parts)
    for part in parts:
        (training, test), ((left_out, used),) = part.fold, part.uses
        assert test.tolist() == used.tolist()
        assert not set(groups[training]) & set(groups[test])
        assert not set(groups[np.concatenate([training, test])]) & set(groups[inner[left_out][1]])
    found = tune(simulated_table, [SPACE.candidates("lexical")[:1]], inner=inner, seed=0)
    assert np.isfinite(found.probabilities).all()
