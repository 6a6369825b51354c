"""Manifest rows and a clinical table -> the joined rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adscreen.cohort.layouts.corpus import ManifestRow
from adscreen.cohort.layouts.metadata import Metadata, join_metadata
from adscreen.cohort.spreadsheet import Row

SPELLINGS = (str.upper, str.lower, lambda name: f" {name}\u200b", lambda name: f"\u00a0{name}")


@given(
    subjects=st.lists(st.integers(1, 60), min_size=1, max_size=12, unique=True),
    others=st.lists(st.integers(61, 90), max_size=5, unique=True),
    without=st.integers(0, 11),
    spelling=st.sampled_from(SPELLINGS),
    seed=st.randoms(use_true_random=False),
)
def test_every_recording_gets_its_own_row(subjects, others, without, spelling, seed) -> None:  # type: ignore[no-untyped-def]
    """Whatever the order and the spelling of ids on either side; both sides' rest is counted."""
    rows: list[ManifestRow] = [{"subject_id": f"S{n}", "transcript": f"{n}.cha"} for n in subjects]
    listed = [n for n in subjects if len(subjects) == 1 or n != subjects[without % len(subjects)]] + others
    seed.shuffle(listed)
    cells = [Row(number, (spelling(f"s{n}"), str(n))) for number, n in enumerate(listed, start=1)]
    table = Metadata("t.csv", ("id", "moca"), tuple(cells), 0)
    notes = join_metadata(rows, table)
    assert {f"S{n}": str(n) for n in listed if n in subjects} == {
        str(row["subject_id"]): row["moca"] for row in rows if "moca" in row
    }
    alone = len(set(subjects) - set(listed))
    assert f"t.csv is joined by subject: {len(rows) - alone} of {len(rows)} recordings have a row there" == notes[0]
    assert bool(alone) == any("recordings have no row in t.csv" in note for note in notes)
    assert bool(others) == any(note.startswith(f"{len(others)} rows of t.csv have no recording") for note in notes)


def test_a_visit_has_one_key_however_it_is_written() -> None:
    """`v1`, `Visit 01` and 1.0 are 1."""
    rows: list[ManifestRow] = [{"subject_id": "S", "visit": visit, "transcript": "t"} for visit in ("1", "v2", "03")]
    cells = [("S", "Visit 01", "a"), ("S", "2.0", "b"), ("S", "visit_3", "c")]
    table = Metadata("t.csv", ("id", "visit", "x"), tuple(Row(n, one) for n, one in enumerate(cells, start=1)), 0)
    join_metadata(rows, table)
    assert ["a", "b", "c"] == [row["x"] for row in rows]
