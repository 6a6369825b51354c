"""A user's own columns as a block: taken by recording, checked cell by cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.extract.feature_table import FeatureTable

RECORDINGS = ["S1_1", "S1_2", "S2_1", "S3_1"]


def table_of(**columns: list[Any]) -> FeatureTable:
    """Return a table of four recordings whose manifest carries these columns."""
    subjects = pd.DataFrame(
        {
            "recording_id": RECORDINGS,
            "subject_id": [name[:2] for name in RECORDINGS],
            "label": ["control", "control", "case", "case"],
            "age": [70.0, 71.0, 72.0, 73.0],
            **columns,
        }
    )
    inputs = pd.DataFrame({"lexical.words": [1.0, 2.0, 3.0, 4.0]})
    return FeatureTable(subjects, inputs, pd.DataFrame({"recording_id": []}), {"layer": "mean"})


def test_carried_columns_become_a_block() -> None:
    """The columns are features under the block's name, the order is that asked for, and the old table is unchanged."""
    table = table_of(f0_mean=[1.5, 2.0, 3.0, np.nan], jitter=["1e-2", "007", " 3 ", None])
    own = table.with_block("acoustic", ["jitter", "f0_mean"])
    assert ["lexical.words", "acoustic.jitter", "acoustic.f0_mean"] == list(own.inputs)
    assert [0.01, 7.0, 3.0] == own.inputs["acoustic.jitter"].tolist()[:3]
    assert [False, False, False, True] == own.inputs["acoustic.jitter"].isna().tolist()
    assert [1.5, 2.0, 3.0] == own.inputs["acoustic.f0_mean"].tolist()[:3]
    assert {"layer": "mean", "blocks": {"acoustic": ["jitter", "f0_mean"]}} == own.provenance
    assert {"acoustic": ["jitter", "f0_mean"]} == own.blocks
    assert (["lexical.words"], {}) == (list(table.inputs), table.blocks)
    assert list(own.inputs) == list(own.X)


def test_blocks_add_up() -> None:
    """A second block leaves the first as it is."""
    own = table_of(a=[1, 2, 3, 4], b=[5, 6, 7, 8]).with_block("one", ["a"]).with_block("other", ["b"])
    assert ["lexical.words", "one.a", "other.b"] == list(own.inputs)
    assert {"one": ["a"], "other": ["b"]} == own.blocks


@pytest.mark.parametrize("missing", ["", "NA", "nan", "N/A", None, np.nan])
def test_a_missing_cell_is_nan(missing: Any) -> None:
    """However a missing number is written, beside numbers or text that holds numbers."""
    own = table_of(f0=["1", missing, "3", "4"]).with_block("acoustic", ["f0"])
    assert [False, True, False, False] == own.inputs["acoustic.f0"].isna().tolist()


@pytest.mark.parametrize(
    ("name", "columns", "cells", "message"),
    [
        ("acoustic", ["f0"], ["1", "high", "3", "low"], "recording 'S1_2': f0 is not a number (2 such rows); correct"),
        ("acoustic", ["f0"], [1.0, 2.0, np.inf, 4.0], "recording 'S2_1': f0 is not a number (1 such rows)"),
        ("acoustic", ["f0"], [None, "", "NA", np.nan], "column f0 is empty; leave it out of the block"),
        ("acoustic", ["f1"], [1, 2, 3, 4], "no column 'f1' to put into block 'acoustic'; use the manifest's further"),
        ("acoustic", ["label"], [1, 2, 3, 4], "no column 'label' to put into block 'acoustic'"),
        ("acoustic", ["age"], [1, 2, 3, 4], "use the manifest's further columns: f0"),
        ("acoustic", [], [1, 2, 3, 4], "block 'acoustic' needs a list of columns"),
        ("acoustic", "f0", [1, 2, 3, 4], "block 'acoustic' needs a list of columns"),
        ("acoustic", ["f0", "f0"], [1, 2, 3, 4], "block 'acoustic' names column 'f0' twice"),
        ("remainder", ["f0"], [1, 2, 3, 4], "the name 'remainder' is taken by adscreen"),
        ("Acoustic", ["f0"], [1, 2, 3, 4], "'Acoustic' cannot be the name of a block"),
    ],
)
def test_what_cannot_be_a_block_is_refused(name: str, columns: list[str], cells: list[Any], message: str) -> None:
    """A cell that is not a number is named by its recording, an unknown or empty column by its name; in one line."""
    with pytest.raises(InputError) as caught:
        table_of(f0=cells).with_block(name, columns)
    assert message in str(caught.value)
    assert 1 == len(str(caught.value).splitlines())


def test_the_blocks_of_a_study_are_added_where_they_lack() -> None:
    """A block that is there stays; the others are taken from carried columns; other columns under its name are not."""
    table = table_of(a=[1, 2, 3, 4], b=[5, 6, 7, 8]).with_block("one", ["a"])
    own = table.with_blocks({"one": ("a",), "other": ("b", "a")})
    assert {"one": ["a"], "other": ["b", "a"]} == own.blocks
    pd.testing.assert_frame_equal(table.with_block("other", ["b", "a"]).inputs, own.inputs)
    with pytest.raises(InputError, match="the table has a block 'one' already"):
        table.with_blocks({"one": ("b",)})


def test_a_block_is_added_once() -> None:
    """A name that the table has already is refused, from a manifest or another table."""
    table = table_of(f0=[1, 2, 3, 4]).with_block("acoustic", ["f0"])
    with pytest.raises(InputError, match="the table has a block 'acoustic' already"):
        table.with_block("acoustic", ["f0"])
    with pytest.raises(InputError, match="the table has a block 'acoustic' already"):
        table.join(pd.DataFrame({"f0": [1, 2, 3, 4]}, index=RECORDINGS), block="acoustic")


@given(
    st.permutations([*RECORDINGS, "S8_1", "S9_1"]),
    st.booleans(),
    st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=5, max_size=5),
)
def test_a_table_is_joined_by_recording(order: list[str], indexed: bool, others: list[float | None]) -> None:
    """Whatever the order of the rows and wherever the ids stand, each recording gets its own number."""
    known = dict(zip([*RECORDINGS, "S8_1", "S9_1"], [1.0, *others], strict=True))
    values = [known[name] for name in order]
    frame = pd.DataFrame({"recording_id": order, "f0": values}).astype({"f0": "float64"})
    own = dict(zip(order, frame["f0"], strict=True))
    joined = table_of().join(frame.set_index("recording_id") if indexed else frame, block="acoustic")
    assert ["lexical.words", "acoustic.f0"] == list(joined.inputs)
    assert np.array_equal([own[name] for name in RECORDINGS], joined.inputs["acoustic.f0"], equal_nan=True)
    assert {"acoustic": ["f0"]} == joined.blocks


def test_a_join_does_not_depend_on_where_the_numbers_come_from() -> None:
    """Joining a manifest's own column gives the table that ``with_block`` gives."""
    table = table_of(f0=["1.5", "", "3", "4"], jitter=[1, 2, 3, 4])
    carried = table.with_block("acoustic", ["f0", "jitter"])
    joined = table.join(table.subjects, block="acoustic", columns=["f0", "jitter"])
    pd.testing.assert_frame_equal(carried.inputs, joined.inputs)
    assert carried.provenance == joined.provenance


@pytest.mark.parametrize(
    ("ids", "columns", "message"),
    [
        (["S1_1", "S1_1", "S2_1", "S3_1"], None, "join: recording 'S1_1' comes twice (1 such rows); leave one row"),
        (["S1_1", "S1_2", "S8_1", "S9_1"], None, "join: no row for recording 'S2_1' (2 such recordings)"),
        (RECORDINGS, ["f1"], "join: column 'f1' is missing; columns found: f0, note, double, double, gap"),
        (RECORDINGS, ["double"], "join: column 'double' comes twice"),
        (RECORDINGS, ["note"], "join: recording 'S1_1': note is not a number (4 such rows)"),
        (RECORDINGS, ["gap"], "join: column gap is empty"),
    ],
)
def test_what_cannot_be_joined_is_refused(ids: list[str], columns: list[str] | None, message: str) -> None:
    """A recording that comes twice or not at all, a column that is missing, doubled, text or empty; in one line."""
    frame = pd.DataFrame(
        [[1.0, "words", 1, 2, np.nan]] * 4, columns=["f0", "note", "double", "double", "gap"], index=ids
    )
    with pytest.raises(InputError) as caught:
        table_of().join(frame, block="acoustic", columns=columns)
    assert message in str(caught.value)
    assert 1 == len(str(caught.value).splitlines())


def test_a_table_without_numbers_cannot_be_joined() -> None:
    """Without a choice of columns every column must be numeric: none is left out without a word."""
    with pytest.raises(InputError, match="column 'note' is not numeric; convert it, or name the columns to take"):
        table_of().join(pd.DataFrame({"note": list("abcd")}, index=RECORDINGS), block="notes")
