"""The labels of a manifest -> the two that a run compares.

Each side names one label or several. Several become one label, called by their names in alphabetical order (``MCI or
ProbableAD``), so that it does not matter how a command orders them; the label as the manifest writes it stays in the
column ``original_label``. Rows whose label is on neither side are left out, and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from adscreen.cohort.cohort import Cohort, Recording, choose_labels, count_labels
from adscreen.cohort.identity import list_some, tidy
from adscreen.errors import InputError

ORIGINAL = "original_label"
Names = str | Sequence[str]

_NONE = "no label"


def group_labels(
    cohort: Cohort, *, positive: Names | None = None, negative: Names | None = None, known: Collection[str] = ()
) -> Cohort:
    """Return the cohort with the labels named ``positive`` as cases and those named ``negative`` as controls.

    A text names one label, or several separated by commas. If one side is not named, it is the only other label. If
    both are named, rows of neither side, and rows without a label, are left out. ``known`` are labels that may be
    named although this manifest has none of them: those of the cohort that it is compared with.

    Raises:
        InputError: a name is none of the labels or is on both sides, or it is not clear which labels are on the other.
    """
    if positive is None and negative is None:
        return cohort
    cases = None if positive is None else _read_names(positive, "positive=", cohort, known)
    controls = None if negative is None else _read_names(negative, "negative=", cohort, known)
    both = sorted(set(cases or ()) & set(controls or ()))
    if both:
        what = f"label {both[0]!r} is named by positive= and by negative="
        raise InputError(what, where=cohort.path.name, remedy="name it once")
    cases, controls = (
        cases or _remaining(cohort, controls or (), missing="positive="),
        controls or _remaining(cohort, cases or (), missing="negative="),
    )
    sides = {" or ".join(sorted(names)): tuple(sorted(names)) for names in (controls, cases)}
    if len(sides) < 2:
        what = f"both sides would be called {next(iter(sides))!r}"
        raise InputError(what, where=cohort.path.name, remedy="rename a label in the manifest")
    grouped = _apply(cohort, sides, leaving=positive is not None and negative is not None)
    choose_labels((recording.label for recording in grouped.recordings), grouped.positive, where=cohort.path.name)
    return grouped


def _read_names(given: Names, option: str, cohort: Cohort, known: Collection[str]) -> tuple[str, ...]:
    """Return the labels that an argument names, each once."""
    found = {recording.label for recording in chain(cohort.recordings, cohort.left_out)} | set(known)
    if isinstance(given, str):
        whole = tidy(given)
        names = [whole] if whole in found else [tidy(name) for name in given.split(",")]
    else:
        names = [tidy(str(name)) for name in given]
    names = list(dict.fromkeys(name for name in names if name))
    if not names:
        raise InputError("names no label", where=option, remedy="name one, or several separated by commas")
    unknown = next((name for name in names if name not in found), None)
    if unknown is not None:
        what = f"no label {unknown!r}; labels found: {count_labels(one.label for one in cohort.recordings)}"
        raise InputError(what, where=cohort.path.name, remedy=f"correct {option}")
    return tuple(names)


def _remaining(cohort: Cohort, named: Sequence[str], *, missing: str) -> tuple[str, ...]:
    """Return the one label that the other side does not name."""
    labels = [recording.label for recording in cohort.recordings if recording.label not in named]
    others = {label for label in labels if label is not None}
    if len(others) == 1:
        return tuple(others)
    found = count_labels(recording.label for recording in cohort.recordings)
    if not others:
        what, remedy = f"needs two labels; labels found: {found}", "choose rows with where="
        raise InputError(what, where=cohort.path.name, remedy=remedy)
    what = f"{len(others)} labels may be the other side: {count_labels(labels)}"
    remedy = f"name its labels with {missing}, separated by commas; rows of neither side are left out"
    raise InputError(what, where=cohort.path.name, remedy=remedy)


def _apply(cohort: Cohort, sides: Mapping[str, tuple[str, ...]], *, leaving: bool) -> Cohort:
    """Return the cohort under the names of the sides, controls first; with ``leaving`` without rows of neither."""
    side_of = {name: side for side, names in sides.items() for name in names}
    positive = list(sides)[1]
    grouped = any(len(names) > 1 for names in sides.values())
    others = [recording for recording in cohort.recordings if leaving and recording.label not in side_of]
    if not grouped and not others:
        return replace(cohort, positive=positive)
    if grouped:
        _require_free(cohort)
    return replace(
        cohort,
        recordings=tuple(_renamed(cohort.recordings, side_of, leaving=leaving, grouped=grouped)),
        left_out=tuple(_renamed(cohort.left_out, side_of, leaving=False, grouped=False)),
        positive=positive,
        label_groups=sides if grouped else {},
        other_labels=(*cohort.other_labels, *others),
        notes=(*cohort.notes, _describe(cohort, sides, others)),
    )


def _require_free(cohort: Cohort) -> None:
    if any(recording.carries(ORIGINAL) for recording in cohort.recordings[:1]):
        what = f"the manifest has a column {ORIGINAL!r}, which grouped labels need"
        raise InputError(what, where=cohort.path.name, remedy="rename it")


def _renamed(
    recordings: Iterable[Recording], side_of: Mapping[str, str], *, leaving: bool, grouped: bool
) -> Iterator[Recording]:
    for recording in recordings:
        side = side_of.get(recording.label or "")
        if side is None and leaving:
            continue
        original = ((ORIGINAL, recording.label),) if grouped else ()
        yield replace(recording, label=side or recording.label, extra=(*recording.extra, *original))


def _describe(cohort: Cohort, sides: Mapping[str, tuple[str, ...]], others: Sequence[Recording]) -> str:
    """Return the note that says which labels are on which side, and what was left out, in recordings."""
    counts = Counter(recording.label for recording in cohort.recordings)
    controls, cases = (
        ", ".join(f"{name} ({counts[name]})" for name in names) + (f", called {side!r}" if len(names) > 1 else "")
        for side, names in sides.items()
    )
    note = f"labels, in recordings: controls {controls}; cases {cases}"
    left = Counter(recording.label or _NONE for recording in others)
    if left:
        note += "; left out: " + ", ".join(f"{name} ({count})" for name, count in sorted(left.items()))
    return note


def changing_subjects(recordings: Iterable[Recording]) -> list[str]:
    """Return the subjects whose label differs between their recordings, in order."""
    first: dict[str, str] = {}
    changing: dict[str, None] = {}
    for recording in recordings:
        if recording.label is not None and first.setdefault(recording.subject_id, recording.label) != recording.label:
            changing[recording.subject_id] = None
    return list(changing)


def describe_changes(subjects: Sequence[str]) -> str:
    """Return the note on subjects whose label differs between their visits."""
    what = f"{len(subjects)} subject{'s have' if len(subjects) > 1 else ' has'} a label that differs between visits"
    return (
        f"{what} ({list_some(subjects)}): each recording counts under its own label; an evaluation keeps a subject on "
        "one side of every fold, and its results by subject leave these subjects out"
    )
