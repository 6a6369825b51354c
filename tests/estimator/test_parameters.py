"""The coefficients that are counted are those that fitted members have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adscreen.estimator.member import build_member
from adscreen.estimator.parameters import count_columns
from adscreen.estimator.study import StudySettings
from adscreen.extract.feature_table import FeatureTable

MEMBERS = ("doc2vec", "elmo", "bilm+hybrid", "lexical+syntactic+fluency+semantic", "lexical+lexical")


@pytest.mark.parametrize("member", MEMBERS[:-1])
def test_a_member_has_as_many_coefficients_as_are_counted(
    member: str, simulated_table: FeatureTable, small_study: StudySettings
) -> None:
    """One for each column that its classifier reads."""
    study = replace(small_study, members=(member,))
    fitted = build_member(study.candidates()[0][0], seed=0).fit(simulated_table.inputs, simulated_table.cases)
    assert np.size(fitted[-1].coef_) == count_columns(simulated_table, study)


def test_members_add_up(simulated_table: FeatureTable, small_study: StudySettings) -> None:
    """Paired is one log ratio; a block in two members counts twice; the largest settings tried count."""
    each = [count_columns(simulated_table, replace(small_study, members=(one,))) for one in (*MEMBERS[:-1], "paired")]
    assert 1 == each[-1]
    assert sum(each) == count_columns(simulated_table, replace(small_study, members=(*MEMBERS[:-1], "paired")))
    larger = replace(small_study, members=("doc2vec",), search=replace(small_study.search, doc2vec_size=(8, 20)))
    assert 20 == count_columns(simulated_table, larger)
