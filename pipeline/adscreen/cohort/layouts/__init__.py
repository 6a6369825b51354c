"""A corpus folder, a .zip of one or a table -> a manifest.

pitt     {Control,Dementia}/TASK/SUBJECT-VISIT.cha            DementiaBank Pitt
adress   transcription/{cc,cd}/SUBJECT.cha, or any folder     ADReSS 2020, ADReSSo 2021, ADReSS-M 2023, with the tables
         of transcripts under the names of the recordings     that the challenges come with
folder   [LABEL/]SUBJECT[-VISIT|_VISIT].EXTENSION             or any names that a pattern with named groups matches
table    FILE.csv, .tsv or .xlsx                              one row per recording or per utterance, with subject_id

Each has a module here. A clinical table (``metadata``) can be joined to any of them. Two labels of one number may be
two people: in Pitt the same subject number stands under Control and under Dementia, and in Delaware the numbers of both
groups begin at 1. The names do not say which, so they are kept apart (``002-control``, ``002-dementia``) unless the
user says that they are one person.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from adscreen.cohort.identity import identity_key
from adscreen.cohort.layouts.adress import list_adress
from adscreen.cohort.layouts.corpus import ManifestRow, open_corpus
from adscreen.cohort.layouts.folder import choose_formats, count_left_out, list_folder, refuse_copies
from adscreen.cohort.layouts.metadata import join_metadata, read_metadata
from adscreen.cohort.layouts.pitt import list_pitt
from adscreen.cohort.layouts.renaming import share_renames
from adscreen.cohort.layouts.table import list_table
from adscreen.errors import InputError

if TYPE_CHECKING:
    import pandas

Layout = Literal["pitt", "adress", "folder", "table"]
LAYOUTS: tuple[Layout, ...] = ("pitt", "adress", "folder", "table")

_COLUMNS = (
    *("recording_id", "subject_id", "visit", "transcript", "text", "label", "age", "sex", "education", "mmse", "task"),
)
_EXPECTED = {
    "pitt": "expected Control/TASK/SUBJECT-VISIT.cha and Dementia/TASK/SUBJECT-VISIT.cha",
    "adress": "expected transcription/cc/S001.cha and transcription/cd/S002.cha",
    "folder": "expected LABEL/SUBJECT_VISIT.cha or SUBJECT_VISIT.cha (or .txt, .json, .vtt ...), or give a pattern",
    "table": "expected a row with subject_id",
}
_NO_RENAME: Mapping[str, str] = {}


def build_manifest(
    folder: Path,
    layout: Layout,
    *,
    pattern: str | None = None,
    one_person: bool = False,
    only: Sequence[str] = (),
    metadata: Path | None = None,
    key: str | None = None,
    rename: Mapping[str, str] = _NO_RENAME,
    sheet: str | None = None,
    same_id: bool = False,
    relative_to: Path | None = None,
) -> pandas.DataFrame:
    """Return a manifest of the transcripts under ``folder``, sorted by path; columns that would be empty are left out.

    Paths are relative to ``relative_to``, the folder where the manifest will lie: ``folder`` unless given, or its
    parent where it is a file. The frame's ``attrs`` say how it was made: ``in_both_groups`` lists numbers under two
    labels, ``left_out`` counts the files that are in no row, by the ending of their names, and ``notes`` are sentences.

    Args:
        folder: a corpus folder, a .zip of one, or a table.
        layout: how its files are named.
        pattern: for ``folder``: a regular expression that the path without its ending must match; its named groups
            ``subject``, ``visit``, ``label`` ... are columns.
        one_person: a number under two labels is one person.
        only: endings of the files to take where one recording lies there in several formats, such as ``json``.
        metadata: a clinical table to join by subject, and by visit where files and table have visits.
        key: the table's column of subject ids; ``subject_id`` unless given.
        rename: new names of columns of the clinical table, or of the table itself: ``{"ID": "subject_id"}``.
        sheet: the sheet of the clinical table, or of the table itself, where that is an Excel workbook.
        same_id: ids of files and table that differ only in leading zeros are the same.

    Raises:
        InputError: the folder does not have the layout, one recording lies there in several formats, an argument does
            not belong to the layout, or the clinical table cannot be joined.
    """
    _check_arguments(layout, pattern=pattern, only=only, metadata=metadata, key=key, rename=rename, sheet=sheet)
    own = rename
    if metadata and layout == "table":
        own, rename = share_renames(rename, (folder, None), (metadata, sheet))
    about = metadata and read_metadata(metadata, key=key, renames=rename, sheet=sheet)
    left_out: dict[str, int] = {}
    notes: list[str] = []
    if layout == "table":
        rows, notes = list_table(folder, own, sheet=None if about else sheet)
    else:
        corpus = open_corpus(folder)
        listed = {"pitt": list_pitt, "adress": list_adress}.get(layout)
        rows = list(listed(corpus) if listed else list_folder(corpus, pattern))
        rows.sort(key=lambda row: str(row["transcript"]))
        if only:
            rows, notes = choose_formats(rows, only)
        if layout != "pitt":
            refuse_copies(rows)
        if layout == "folder":
            left_out = count_left_out(corpus, rows, apart=metadata)
    if not rows:
        raise InputError(f"no transcript in the layout {layout}", where=str(folder), remedy=_EXPECTED[layout])
    shared = [] if layout == "table" else _in_both_groups(rows, whatever_visit=layout == "pitt")
    _name_tasks(rows)
    _tell_apart(rows, set(shared), one_person=one_person)
    if about:
        notes += join_metadata(rows, about, same_id=same_id)
    frame = _as_frame(rows, base=folder if folder.is_dir() else folder.parent, relative_to=relative_to)
    frame.attrs.update(in_both_groups=shared, left_out=left_out, notes=notes)
    return frame


def _check_arguments(layout: str, *, metadata: Path | None, rename: Mapping[str, str], **others: object) -> None:
    """Raise InputError where the layout is unknown, or an argument is given that it does not read."""
    if layout not in LAYOUTS:
        raise InputError(f"no layout {layout!r}", remedy=f"choose one of {', '.join(LAYOUTS)}")
    if others["pattern"] and layout != "folder":
        raise InputError("belongs to the layout `folder`", where="pattern=", remedy="leave it out")
    if others["only"] and layout == "table":
        raise InputError("belongs to folders", where="only=", remedy="leave it out")
    if metadata is not None:
        return
    if others["key"]:
        raise InputError("names a column of the clinical table", where="key=", remedy="give that with metadata=")
    for name, value in (("rename", rename), ("sheet", others["sheet"])):
        if value and layout != "table":
            what = "belongs to a table, and there is none"
            raise InputError(what, where=f"{name}=", remedy="give a clinical table with metadata=")


def _as_frame(rows: Sequence[ManifestRow], *, base: Path, relative_to: Path | None) -> pandas.DataFrame:
    """Return the rows as a frame without empty columns, with paths relative to where the manifest will lie."""
    import pandas as pd

    further = dict.fromkeys(column for row in rows for column in row if column not in _COLUMNS)
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, *further], dtype=object).dropna(axis="columns", how="all")
    if "transcript" in frame and relative_to and relative_to.resolve() != base.resolve():
        frame["transcript"] = [
            Path(os.path.relpath(base / str(path).replace("\\", "/"), relative_to)).as_posix()
            for path in frame["transcript"]
        ]
    return frame


def _in_both_groups(rows: Sequence[ManifestRow], *, whatever_visit: bool) -> list[str]:
    """Return the subject ids under two labels; unless ``whatever_visit``, those with one visit under both."""
    labels: dict[tuple[str, ...], set[object]] = {}
    for row in rows:
        place = () if whatever_visit else (str(row.get("visit")), str(row.get("task")))
        labels.setdefault((str(row["subject_id"]), *place), set()).add(row.get("label"))
    return sorted({place[0] for place, found in labels.items() if len(found) > 1})


def _name_tasks(rows: Sequence[ManifestRow]) -> None:
    """Add the task to the recording ids of a visit with several tasks."""
    tasks: dict[tuple[str, ...], set[object]] = {}
    for row in rows:
        tasks.setdefault(_visit_of(row), set()).add(row.get("task"))
    if all(len(found) == 1 for found in tasks.values()):
        return
    for row in rows:
        if not row.get("recording_id") and row.get("task"):
            parts = (row["subject_id"], row.get("visit"), row["task"])
            row["recording_id"] = "_".join(str(part) for part in parts if part)


def _visit_of(row: ManifestRow) -> tuple[str, ...]:
    return tuple(identity_key(str(row.get(name) or "")) for name in ("subject_id", "visit", "label"))


def _tell_apart(rows: Sequence[ManifestRow], shared: set[str], *, one_person: bool) -> None:
    """Give a number under both groups two subject ids, or, where it is one person, two recording ids a visit."""
    for row in rows:
        subject = str(row["subject_id"])
        if subject not in shared:
            continue
        if one_person:
            parts = (
                [row["recording_id"], row["label"]]
                if row.get("recording_id")
                else [subject, row.get("visit"), row["label"]]
            )
            row["recording_id"] = "_".join(str(part) for part in parts if part)
        else:
            row["subject_id"] = f"{subject}-{row['label']}"
            row["recording_id"] = row.get("recording_id") and f"{row['recording_id']}_{row['label']}"
