"""A member: its log-odds, and what each family adds to them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from adscreen.estimator import build_member, member_logits
from adscreen.estimator.member import CONSTANT, Member, member_terms, member_vocabulary
from adscreen.estimator.study import BOOSTING, CLASSIFIERS, PRESETS, MemberSettings
from adscreen.extract.feature_table import FeatureTable

SIZES = {"doc2vec_size": 8, "elmo_size": 4}
PAPER = MemberSettings(tuple(PRESETS["paper"].members[0].split("+")), doc2vec_dm=1, **SIZES)
BLOCKS = {
    ("doc2vec", "elmo", "bilm", "lexical", "fluency"): {"doc2vec", "elmo", "perplexity", "lexical", "fluency"},
    ("bilm", "hybrid"): {"perplexity"},
    PAPER.blocks: {"doc2vec", "elmo", "perplexity", "lexical", "syntactic", "semantic"},
}


def fit(table: FeatureTable, settings: MemberSettings, *, seed: int = 0) -> Member:
    """Return a member fitted on the first 16 rows."""
    return build_member(settings, seed=seed).fit(table.inputs[:16], table.cases[:16])


@pytest.mark.parametrize("blocks", BLOCKS)
def test_terms_sum_to_the_log_odds(simulated_table: FeatureTable, blocks: tuple[str, ...]) -> None:
    """For rows seen and unseen, families and constant add up, whatever rows are beside them."""
    member = fit(simulated_table, MemberSettings(blocks, **SIZES))
    rows = simulated_table.inputs[10:22]
    together = member_terms(member, rows)
    for number, logit in enumerate(member_logits(member, rows).tolist()):
        (alone,) = member_terms(member, rows[number : number + 1])
        assert alone == together[number]
        assert BLOCKS[blocks] | {CONSTANT} == alone.keys()
        assert logit == pytest.approx(math.fsum(alone.values()), abs=1e-9)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_every_classifier_gives_terms_that_add_up(simulated_table: FeatureTable, classifier: str) -> None:
    """Linear ones by family, trees as one term; fitted twice they give the same bytes."""
    settings = MemberSettings(("lexical", "bilm"), classifier=classifier)
    member, again = (fit(simulated_table, settings, seed=2) for _ in range(2))
    logits = member_logits(member, simulated_table.inputs)
    assert logits.tobytes() == member_logits(again, simulated_table.inputs).tobytes()
    terms = member_terms(member, simulated_table.inputs)
    expected = {"lexical+perplexity"} if classifier == BOOSTING else {CONSTANT, "lexical", "perplexity"}
    assert expected == terms[0].keys()
    assert logits == pytest.approx([math.fsum(row.values()) for row in terms])


def test_the_log_odds_are_those_of_the_probability(simulated_table: FeatureTable) -> None:
    """member_logits is log p / (1 - p) of scikit-learn's own predict_proba."""
    member = fit(simulated_table, MemberSettings(("lexical",)))
    probability = member.predict_proba(simulated_table.inputs)[:, 1]
    assert np.log(probability / (1 - probability)) == pytest.approx(member_logits(member, simulated_table.inputs))


def test_a_term_of_zero_is_an_average_training_recording(simulated_table: FeatureTable) -> None:
    """Over the training rows each family's terms average to 0, and none is always 0."""
    member = fit(simulated_table, MemberSettings(("doc2vec", "elmo", "bilm", "lexical"), **SIZES))
    terms = pd.DataFrame(member_terms(member, simulated_table.inputs[:16])).drop(columns=CONSTANT)
    assert [0.0] * 4 == pytest.approx(terms.mean().tolist(), abs=1e-9)
    assert (terms.std() > 0).all()


def test_paired_is_a_ratio_and_needs_no_classifier(simulated_table: FeatureTable) -> None:
    """Its one term is its log-odds."""
    member = fit(simulated_table, MemberSettings(("paired",), paired_context=0.25))
    ratios = member.log_ratios(simulated_table.inputs, (0.25,))[0]
    assert ratios.tobytes() == member_logits(member, simulated_table.inputs).tobytes()
    assert [{"paired": value} for value in ratios.tolist()] == member_terms(member, simulated_table.inputs)


def test_the_seed_reaches_what_is_random(simulated_table: FeatureTable) -> None:
    """Another seed gives other log-odds, the same seed the same."""
    for blocks in (("doc2vec",), ("paired",)):
        settings = MemberSettings(blocks, **SIZES)
        zero, again, other = (
            member_logits(fit(simulated_table, settings, seed=seed), simulated_table.inputs) for seed in (0, 0, 1)
        )
        assert zero.tobytes() == again.tobytes()
        assert zero.tobytes() != other.tobytes()


def test_the_classes_weigh_the_same(simulated_table: FeatureTable) -> None:
    """With controls three times over, what is left without any feature's help is log-odds of 0."""
    cases = simulated_table.cases
    rows = np.concatenate([np.arange(len(cases)), *[np.flatnonzero(cases == 0)] * 2])
    shrunk = build_member(MemberSettings(("lexical",), C=1e-6))
    skewed = shrunk.fit(simulated_table.inputs.iloc[rows], cases[rows])
    assert 0.0 == pytest.approx(member_logits(skewed, simulated_table.inputs).mean(), abs=0.01)


def test_members_that_read_words_tell_which_they_know(simulated_table: FeatureTable) -> None:
    """Doc2Vec's vocabulary, the heads', and none where only numbers are read."""
    assert "the" in (member_vocabulary(fit(simulated_table, MemberSettings(("doc2vec",), **SIZES))) or ())
    assert "the" in (member_vocabulary(fit(simulated_table, MemberSettings(("paired",)))) or ())
    assert member_vocabulary(fit(simulated_table, MemberSettings(("elmo",), **SIZES))) is None
