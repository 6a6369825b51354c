"""The estimator: members weighed by a fusion, probabilities, and contributions that add up."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from adscreen.estimator import Fusion, Stack, build_estimator, build_member, member_logits
from adscreen.estimator.study import PRESETS, MemberSettings
from adscreen.extract.feature_table import FeatureTable

MEMBERS = [MemberSettings(tuple(name.split("+")), doc2vec_size=8, elmo_size=4) for name in PRESETS["adscreen"].members]
FUSION = Fusion(centres=(0.1, 0.2, -0.3, 0.0, 0.4, 0.0), weights=(3.0, 0.5, 0.25, 0.1, 0.6, 0.3), intercept=-0.7)
FAMILIES = {"paired", "words", "doc2vec", "elmo", "perplexity", "lexical", "syntactic", "fluency", "semantic"}


@pytest.fixture(scope="module")
def fitted(simulated_table: FeatureTable) -> Stack:
    """The estimator fitted on the first 16 rows."""
    return build_estimator(MEMBERS, FUSION).fit(simulated_table.inputs[:16], simulated_table.cases[:16])


def test_the_log_odds_are_the_fusion_of_the_members(fitted: Stack, simulated_table: FeatureTable) -> None:
    """Each member is fitted on the same rows as by itself."""
    inputs, cases = simulated_table.inputs, simulated_table.cases
    alone = [member_logits(build_member(of).fit(inputs[:16], cases[:16]), inputs[16:]) for of in MEMBERS]
    expected = FUSION.logits(np.column_stack(alone))
    assert expected == pytest.approx(fitted.decision_function(inputs[16:]), abs=1e-9)
    assert expit(expected) == pytest.approx(fitted.predict_proba(inputs[16:])[:, 1])
    assert (expected >= 0).astype(int).tolist() == fitted.predict(inputs[16:]).tolist()


def test_contributions_sum_to_the_logit(fitted: Stack, simulated_table: FeatureTable) -> None:
    """For rows seen and unseen, families and intercept add up to the log-odds, whatever rows are beside them."""
    rows = simulated_table.inputs[12:20]
    together = fitted.contributions(rows)
    for number, logit in enumerate(fitted.decision_function(rows).tolist()):
        (terms,) = fitted.contributions(rows[number : number + 1])
        assert terms == together[number]
        assert FAMILIES | {"intercept"} == terms.keys()
        assert logit == pytest.approx(math.fsum(terms.values()), abs=1e-9)


def test_a_family_is_weighed_as_its_member(fitted: Stack, simulated_table: FeatureTable) -> None:
    """The Doc2Vec term is the fusion's weight times that of the member alone; `paired` is centred."""
    rows = simulated_table.inputs[16:18]
    terms = pd.DataFrame(fitted.contributions(rows))
    paired, doc2vec = fitted.fitted_[:2]
    assert 3.0 * (paired.decision_function(rows) - 0.1) == pytest.approx(terms["paired"])
    own = doc2vec.decision_function(rows) - doc2vec.named_steps["classifier"].intercept_[0]
    assert 0.5 * own == pytest.approx(terms["doc2vec"])


def test_a_member_without_weight_is_not_fitted(simulated_table: FeatureTable) -> None:
    """It costs nothing, contributes no term, and the others are as they were."""
    inputs, cases = simulated_table.inputs, simulated_table.cases
    fusion = Fusion((0.0, 0.0), (1.0, 0.0), 0.0)
    estimator = build_estimator([MEMBERS[1], MEMBERS[3]], fusion).fit(inputs[:16], cases[:16])
    assert estimator.fitted_[1] is None
    alone = build_member(MEMBERS[1]).fit(inputs[:16], cases[:16])
    assert member_logits(alone, inputs) == pytest.approx(estimator.decision_function(inputs))
    assert {"intercept", "doc2vec"} == estimator.contributions(inputs[:1])[0].keys()


def test_without_any_weight_everybody_has_the_intercept(simulated_table: FeatureTable) -> None:
    """Where no member tells cases from controls the probability is training's share of cases."""
    fusion = Fusion((0.0,), (0.0,), -1.0)
    estimator = build_estimator([MEMBERS[1]], fusion).fit(simulated_table.inputs, simulated_table.cases)
    assert {-1.0} == set(estimator.decision_function(simulated_table.inputs).tolist())
    assert [{"intercept": -1.0}] == estimator.contributions(simulated_table.inputs[:1])
    assert estimator.vocabulary() is None


def test_the_vocabulary_is_that_of_a_member_that_reads_words(fitted: Stack) -> None:
    """What scope compares a new recording's words with."""
    assert frozenset(fitted.fitted_[0].vocabulary_.tolist()) == fitted.vocabulary()


def test_an_estimator_can_be_cloned_and_must_be_fitted(simulated_table: FeatureTable) -> None:
    """Constructors only store, so scikit-learn can copy it; an unfitted one does not guess."""
    copy = clone(build_estimator(MEMBERS, FUSION, seed=4))
    assert (FUSION.intercept, list(FUSION.weights)) == (copy.intercept, copy.weights)
    with pytest.raises(NotFittedError):
        copy.predict_proba(simulated_table.inputs)
