"""Labels -> 0 and 1: other labels are refused by every part that takes 1 for a case."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike

import adscreen.estimator.labels
from adscreen.errors import InputError
from adscreen.estimator import Fusion, HybridPerplexity, PairedPerplexity, build_estimator
from adscreen.estimator.blocks import ControlShare
from adscreen.estimator.labels import case_labels
from adscreen.estimator.study import MemberSettings
from adscreen.extract.feature_table import SENTENCES, FeatureTable

NAMES = np.array(["control", "case"])


@pytest.mark.parametrize(
    "y",
    [
        [0, 1, 1],
        (False, True, True),
        np.array([0, 1, 1], dtype=np.int8),
        np.array([0.0, 1.0, 1.0]),
        np.array([0, 1, 1], dtype=object),
        pd.Series([0, 1, 1], index=[7, 8, 9], dtype="Int64"),
    ],
    ids=["list", "booleans", "int8", "floats", "objects", "nullable Series"],
)
def test_zeros_and_ones_of_any_type_are_integers(y: ArrayLike) -> None:
    """What equals 0 and 1 is taken as 0 and 1."""
    labels = case_labels(y)
    assert np.int64 == labels.dtype
    assert [0, 1, 1] == labels.tolist()


@pytest.mark.parametrize(
    "y",
    [
        ["control", "case"],
        ["0", "1"],
        [1, 2],
        [-1, 1],
        [0.5, 1.0],
        [0.0, np.nan],
        [0, None],
        pd.Series([0, pd.NA], dtype="Int64"),
        pd.Series(["a", "b"], dtype="category"),
        [[0], [1]],
        1,
    ],
    ids=["names", "digits", "1 and 2", "signs", "shares", "nan", "None", "NA", "category", "column", "scalar"],
)
def test_other_labels_are_refused(y: ArrayLike) -> None:
    """Names, other numbers, missing labels and other shapes are one line that says how to encode them."""
    with pytest.raises(
        InputError, match=r'^y: labels are not 0 and 1 \(type .*\); .*\(labels == "case"\)\.astype\(int\)$'
    ):
        case_labels(y)


def test_a_refusal_shows_no_label() -> None:
    """Labels may be anything that stands in a user's table, so none is in the message."""
    with pytest.raises(InputError) as raised:
        case_labels(["the boy", "the jar"])
    assert "boy" not in str(raised.value)


def stack(table: FeatureTable, y: ArrayLike) -> object:
    """Fit a stack of one member on a table."""
    member = MemberSettings(("lexical",))
    return build_estimator([member], Fusion((0.0,), (1.0,), 0.0)).fit(table.inputs, y)


PARTS: dict[str, Callable[[FeatureTable, Any], object]] = {
    "Stack": stack,
    "PairedPerplexity": lambda table, y: PairedPerplexity().fit(table.inputs, y),
    "HybridPerplexity": lambda table, y: HybridPerplexity().fit(table.inputs, y),
    "ControlShare": lambda table, y: ControlShare().fit(table.inputs[SENTENCES], y),
}


@pytest.mark.parametrize("part", PARTS)
def test_every_part_refuses_names_before_it_learns(part: str, simulated_table: FeatureTable) -> None:
    """``case`` and ``control`` used to be misread: sorted, a control came out as the case."""
    names = NAMES[simulated_table.cases]
    with pytest.raises(InputError, match=r"^y: labels are not 0 and 1"):
        PARTS[part](simulated_table, names)


def test_zeros_and_ones_fit_the_same_bytes_whatever_their_type(simulated_table: FeatureTable) -> None:
    """A stack fitted on booleans predicts what one fitted on integers predicts."""
    inputs, cases = simulated_table.inputs, simulated_table.cases
    expected, found = (stack(simulated_table, y).decision_function(inputs) for y in (cases, cases.astype(bool)))  # type: ignore[attr-defined]
    assert expected.tobytes() == found.tobytes()


def test_the_examples_run() -> None:
    """The docstring's example is true."""
    result = doctest.testmod(adscreen.estimator.labels)
    assert (0, True) == (result.failed, result.attempted > 0)
