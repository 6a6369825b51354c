"""The digest of a manifest: no order and no label moves it, every other cell does."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adscreen.cohort.blinded import ManifestDigest, digest_manifest, read_blinded
from adscreen.cohort.reading import Reading
from adscreen.errors import InputError

FRAME = pd.DataFrame(
    {
        "subject_id": ["S1", "S1", "S2", "S3"],
        "visit": ["1", "2", "1", "1"],
        "age": ["70", "71", "", "64"],
        "site": ["ES", "ES", "IS", "IS"],
        "note": ["a", "", "b", "c"],
        "text": ["a boy", "um a girl", "the jar falls", "cookies"],
    }
)
CELLS = [(row, column) for row in range(len(FRAME)) for column in FRAME.columns if column != "subject_id"]


def digest_of(frame: pd.DataFrame, folder: Path, outcomes: tuple[str, ...] = ()) -> ManifestDigest:
    """Return the digest of a manifest that holds the frame."""
    path = folder / "manifest.csv"
    frame.to_csv(path, index=False)
    return digest_manifest(read_blinded(path, Reading()), outcomes=outcomes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for manifests."""
    return tmp_path_factory.mktemp("manifests")


@settings(max_examples=40)
@given(
    rows=st.permutations(range(len(FRAME))),
    columns=st.permutations(list(FRAME.columns)),
    labels=st.none() | st.lists(st.sampled_from(["", "control", "case", "MCI"]), min_size=4, max_size=4),
    outcome=st.none() | st.sampled_from(["12", ""]),
)
def test_order_and_labels_do_not_move_it(
    folder: Path, rows: list[int], columns: list[str], labels: list[str] | None, outcome: str | None
) -> None:
    """Rows and columns in any order, with labels and an outcome or without."""
    frame = FRAME if labels is None else FRAME.assign(label=labels)
    frame = frame if outcome is None else frame.assign(cdr=outcome)
    moved = frame.iloc[rows][[*columns, *(name for name in ("label", "cdr") if name in frame)]]
    found = digest_of(moved, folder, outcomes=("cdr",))
    assert digest_of(FRAME, folder, outcomes=("cdr",)).digest == found.digest
    assert any(labels or ()) or bool(outcome) == found.labelled


@settings(max_examples=40)
@given(place=st.sampled_from(CELLS), cell=st.sampled_from(["90", "88", "x y", ""]))
def test_any_other_cell_moves_it(folder: Path, place: tuple[int, str], cell: str) -> None:
    """Any other value in any other column, the speech among them."""
    row, column = place
    frame = FRAME.copy()
    same = frame.loc[row, column] == cell
    frame.loc[row, column] = cell
    if (column == "text" and not cell) or (column == "age" and cell == "x y"):
        with pytest.raises(InputError):
            digest_of(frame, folder)
        return
    assert same == (digest_of(FRAME, folder).digest == digest_of(frame, folder).digest)


def test_the_digest_of_a_row_needs_the_speech(folder: Path) -> None:
    """Equal cells with other speech have another digest, so cells cannot be found by trying."""
    twins = FRAME.assign(visit=["1", "2", "1", "1"], text=["a boy", "a boy", "the jar", "cookies"], note="", age="70")
    twins["subject_id"] = ["S1", "S2", "S3", "S4"]
    found = digest_of(twins, folder)
    other = digest_of(twins.assign(text=["a girl", "a boy", "the jar", "cookies"]), folder)
    assert 3 == len({one.row for one in found.recordings} & {one.row for one in other.recordings})
    assert 3 == len({one.transcript for one in found.recordings})
