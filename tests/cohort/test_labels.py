"""Labels are grouped into two sides; what is on neither side leaves, and is counted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.cohort import Cohort, Recording, make_cohort
from adscreen.cohort.labels import ORIGINAL, changing_subjects, group_labels
from adscreen.errors import InputError

FIVE = ("Control", "MCI", "ProbableAD", "Vascular", "MCI", None)


def cohort_of(labels: Sequence[str | None]) -> Cohort:
    """Return a cohort of one recording per label."""
    rows = tuple(
        Recording(row, f"S{row}", f"S{row}", Path("a"), label=label, extra=(("moca", None),))
        for row, label in enumerate(labels, start=1)
    )
    return Cohort(Path("m.csv"), rows)


def refused(labels: Sequence[str | None], **sides: str | Sequence[str]) -> str:
    """Return the line that refuses a grouping."""
    with pytest.raises(InputError) as caught:
        group_labels(cohort_of(labels), **sides)  # type: ignore[arg-type]
    return str(caught.value)


def test_several_labels_become_one_and_others_leave() -> None:
    """The group's name lists its labels; each recording keeps the label that the manifest writes."""
    found = group_labels(cohort_of(FIVE), positive="ProbableAD, MCI", negative="Control")
    assert ("Control", "MCI or ProbableAD") == found.labels
    assert {"Control": ("Control",), "MCI or ProbableAD": ("MCI", "ProbableAD")} == found.label_groups
    assert ["Control", "MCI", "ProbableAD", "MCI"] == [dict(one.extra)[ORIGINAL] for one in found.recordings]
    assert ["Vascular", None] == [one.label for one in found.other_labels]
    (note,) = found.notes
    assert note == (
        "labels, in recordings: controls Control (1); cases MCI (2), ProbableAD (1), called 'MCI or ProbableAD'; "
        "left out: Vascular (1), no label (1)"
    )


def test_one_label_a_side_keeps_its_name() -> None:
    """Nothing is renamed and no column is added; rows of a third label leave."""
    found = group_labels(cohort_of(FIVE), positive="MCI", negative="Control")
    assert ("Control", "MCI") == found.labels
    assert (3, {}) == (len(found), found.label_groups)
    assert {("moca",)} == {tuple(name for name, _ in one.extra) for one in found.recordings}
    assert "cases MCI (2); left out: ProbableAD (1), Vascular (1), no label (1)" in found.notes[0]


@pytest.mark.parametrize("sides", [{"positive": "AD"}, {"negative": "HC"}, {"positive": ["AD"], "negative": "HC"}])
def test_two_labels_are_as_they_were(sides: dict[str, str]) -> None:
    """With two labels either side may be named; recordings and notes stay."""
    cohort = cohort_of(["HC", "AD", "AD"])
    found = group_labels(cohort, **sides)
    assert ("HC", "AD") == found.labels
    assert (cohort.recordings, ()) == (found.recordings, found.notes)


def test_the_only_other_label_is_the_other_side() -> None:
    """Of MCI, AD and HC, two on one side leave one for the other."""
    assert ("HC", "AD or MCI") == group_labels(cohort_of(["HC", "AD", "MCI"]), positive=["MCI", "AD"]).labels


def test_a_label_may_hold_a_comma() -> None:
    """A text that is a label as a whole is not split."""
    found = group_labels(cohort_of(["AD, probable", "HC", "MCI"]), positive="AD, probable", negative="HC")
    assert ("HC", "AD, probable") == found.labels


def test_names_are_compared_in_the_tidy_form() -> None:
    """Hidden characters and the Unicode form of a name on a command line do not matter."""
    found = group_labels(cohort_of(["d\u00e9mence", "HC", "MCI"]), positive="\u200bde\u0301mence ", negative="HC")
    assert ("HC", "d\u00e9mence") == found.labels


def test_rows_that_a_condition_left_out_are_counted_under_their_side() -> None:
    """The flow counts them among cases and controls."""
    whole = cohort_of(FIVE)
    cohort = Cohort(whole.path, tuple(whole.recordings[:4]), left_out=tuple(whole.recordings[4:]))
    found = group_labels(cohort, positive="MCI,ProbableAD", negative="Control")
    assert ["MCI or ProbableAD", None] == [one.label for one in found.left_out]


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        ({"positive": "AD"}, "m.csv: no label 'AD'; labels found: Control (1), MCI (2), ProbableAD (1), Vascular (1)"),
        ({"positive": "MCI"}, "m.csv: 3 labels may be the other side: Control (1), ProbableAD (1), Vascular (1); name"),
        ({"negative": "MCI"}, "rows of neither side are left out"),
        ({"positive": "MCI", "negative": "Control,MCI"}, "label 'MCI' is named by positive= and by negative=; name it"),
        ({"positive": " , ", "negative": "MCI"}, "positive: names no label; name one, or several separated by commas"),
        ({"positive": [], "negative": "MCI"}, "positive: names no label"),
    ],
)
def test_what_cannot_be_grouped(sides: dict[str, str], message: str) -> None:
    """The line names what was found, in recordings."""
    assert message in refused(FIVE, **sides)


def test_a_side_without_rows_and_a_taken_column_are_refused() -> None:
    """One label alone has no other side; a column that the grouping needs must be free."""
    assert "needs two labels; labels found: AD (2)" in refused(["AD", "AD"], positive="AD")
    row = Recording(1, "a", "a", Path("a"), label="AD", extra=((ORIGINAL, "x"),))
    cohort = Cohort(Path("m.csv"), (row, *cohort_of(["MCI", "HC"]).recordings))
    with pytest.raises(InputError, match="the manifest has a column 'original_label', which grouped labels need"):
        group_labels(cohort, positive="AD,MCI")


def test_a_cohort_beside_another_may_lack_a_label() -> None:
    """A test cohort without MCI is still compared under the name of the whole group."""
    found = group_labels(cohort_of(["AD", "HC"]), positive="AD,MCI", negative="HC", known=["AD", "MCI"])
    assert ("HC", "AD or MCI") == found.labels


@given(
    labels=st.lists(st.sampled_from(["A", "B", "C", "D", None]), min_size=1, max_size=12),
    names=st.permutations(["A", "B"]),
)
def test_every_row_is_on_a_side_or_left_out(labels: list[str | None], names: list[str]) -> None:
    """No row is lost or doubled, and the order in which labels are named changes nothing."""
    cohort = cohort_of([*labels, "A", "B", "C"])
    found = group_labels(cohort, positive=names, negative="C")
    assert found == group_labels(cohort, positive="A,B", negative=["C"])
    rows = sorted(one.row for one in (*found.recordings, *found.other_labels))
    assert [one.row for one in cohort.recordings] == rows
    assert {"C", "A or B"} == {one.label for one in found.recordings}
    assert not {"A", "B", "C"} & {one.label for one in found.other_labels}


def test_a_cohort_in_memory_has_the_same_arguments() -> None:
    """`make_cohort` groups labels, and allows a label that differs between visits where that is asked for."""
    own = {"subjects": ["a", "a", "b"], "labels": ["HC", "MCI", "AD"], "visit": [1, 2, 1]}
    sides = {"positive": ["AD", "MCI"], "negative": "HC"}
    with pytest.raises(InputError, match="or, if the label is that of the visit, add label_by_visit="):
        make_cohort(["a boy", "a girl", "um"], **own, **sides)  # type: ignore[arg-type]
    found = make_cohort(["a boy", "a girl", "um"], **own, **sides, label_by_visit=True)  # type: ignore[arg-type]
    assert ("HC", "AD or MCI") == found.labels
    assert "1 subject has a label that differs between visits (a): each recording counts" in found.notes[-1]


def test_a_label_that_changes_within_a_group_is_no_change() -> None:
    """From MCI to AD, both cases, needs no option."""
    found = make_cohort(
        ["a boy", "a girl", "um"],
        subjects=["a", "a", "b"],
        labels=["MCI", "AD", "HC"],
        positive="MCI,AD",
        visit=[1, 2, 1],
    )
    assert 3 == len(found)


def test_subjects_whose_label_changes() -> None:
    """A visit without a label is no change."""
    rows = [("a", "HC"), ("a", "MCI"), ("b", "HC"), ("b", None), ("c", "MCI")]
    recordings = [Recording(n, str(n), subject, Path("a"), label=label) for n, (subject, label) in enumerate(rows)]
    assert ["a"] == changing_subjects(recordings)
