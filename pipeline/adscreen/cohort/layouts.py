"""A corpus folder, or a .zip of one -> the rows of its manifest.

pitt     {Control,Dementia}/TASK/SUBJECT-VISIT.cha            DementiaBank Pitt (Becker et al. 1994)
adress   [train|test]/transcription/{cc,cd}/SUBJECT.cha       ADReSS 2020 (Luz et al.); the test set's transcripts lie
                                                              in transcription/ itself
         *.txt                                                ID ; age ; gender ; mmse, and ID ; label for the test set
folder   [LABEL/]SUBJECT[-VISIT|_VISIT].EXTENSION             VISIT begins with a digit, or is v1 or visit1; or any
                                                              names that a pattern with named groups matches
table    FILE.csv, .tsv or .xlsx                              a row a recording or a row an utterance, with subject_id

In Pitt the same subject number stands under Control and under Dementia. Whether it is one person the names do not say,
so they are kept apart (``002-control``, ``002-dementia``) unless the user says that they are one.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal, NamedTuple

from adscreen.cohort.columns import require_columns, standard_columns
from adscreen.cohort.files import list_files, read_bytes
from adscreen.cohort.identity import identity_key
from adscreen.cohort.spreadsheet import read_table
from adscreen.errors import InputError

if TYPE_CHECKING:
    import pandas

Layout = Literal["pitt", "adress", "folder", "table"]
LAYOUTS: tuple[Layout, ...] = ("pitt", "adress", "folder", "table")
_Row = dict[str, str | float | None]

_COLUMNS = ("recording_id", "subject_id", "visit", "transcript", "label", "age", "sex", "education", "mmse", "task")
_SPEECH = ("text", "utterance", "transcription", "sentence", "words", "speaker", "participant", "role", "who")
_TIMES = ("start", "end", "start_ms", "end_ms", "begin", "stop", "onset", "offset", "start_time", "end_time")
_VISIT = re.compile(r"(?P<subject>.+)[-_](?:v(?:isit)?)?(?P<visit>\d\w*)", re.IGNORECASE)
_AGE = re.compile(r"(\d+)(?:;(\d*))?")
_ENDINGS = "cha|slt|txt|json|vtt|srt|sbv|eaf|textgrid|exb|trs|ctm|stm|docx|docm"
_TRANSCRIPT = re.compile(rf"(.+?)\.(?:{_ENDINGS})(?:\.gz|\.xz)?", re.IGNORECASE)
_GROUPS = {"cc": "control", "cd": "dementia", "control": "control", "dementia": "dementia", "0": "control"}
_GROUPS |= {"1": "dementia", "ad": "dementia", "probablead": "dementia", "non-ad": "control"}
_EXPECTED = {
    "pitt": "expected Control/TASK/SUBJECT-VISIT.cha and Dementia/TASK/SUBJECT-VISIT.cha",
    "adress": "expected transcription/cc/S001.cha and transcription/cd/S002.cha",
    "folder": "expected LABEL/SUBJECT_VISIT.cha or SUBJECT_VISIT.cha (or .txt, .json, .vtt ...), or give a pattern",
    "table": "expected a row with subject_id",
}


class _Corpus(NamedTuple):
    """A folder or archive and its files, relative to it; a manifest's paths begin with ``prefix``."""

    root: Path
    files: list[PurePosixPath]
    prefix: str

    def text(self, file: PurePosixPath) -> str:
        return read_bytes(self.root / file).decode("utf-8-sig", errors="replace")

    def path(self, file: PurePosixPath) -> str:
        return f"{self.prefix}{file.as_posix()}"


def build_manifest(
    folder: Path,
    layout: Layout,
    *,
    pattern: str | None = None,
    one_person: bool = False,
    relative_to: Path | None = None,
) -> pandas.DataFrame:
    """Return a manifest of the transcripts under ``folder``, sorted by path; columns that would be empty are left out.

    Paths are relative to ``relative_to``, the folder where the manifest will lie: ``folder`` unless given, or its
    parent where it is a file.
    ``pattern`` is a regular expression for the layout ``folder`` that the path without extension must match; its named
    groups ``subject``, ``visit``, ``label`` ... are columns. ``one_person`` says that a number under both Pitt groups
    is one person; the frame's ``attrs["in_both_groups"]`` lists such numbers either way, and ``attrs["left_out"]``
    counts the files that the layout ``folder`` leaves out, by the ending of their names.

    Raises InputError where the folder does not have the layout, and where one recording lies there in several formats.
    """
    import pandas as pd

    left_out: Counter[str] = Counter()
    if layout not in LAYOUTS:
        raise InputError(f"no layout {layout!r}", remedy=f"choose one of {', '.join(LAYOUTS)}")
    if layout == "table":
        rows = list(_table(folder))
    else:
        readers: dict[str, Callable[[_Corpus], Iterator[_Row]]] = {"pitt": _pitt, "adress": _adress}
        corpus = _Corpus(folder, list_files(folder), "" if folder.is_dir() else f"{folder.name}/")
        rows = list(readers[layout](corpus) if layout in readers else _folder(corpus, pattern))
        rows.sort(key=lambda row: str(row["transcript"]))
        if layout == "folder":
            _refuse_copies(rows)
            left_out = _left_out(corpus, rows)
    if not rows:
        raise InputError(f"no transcript in the layout {layout}", where=str(folder), remedy=_EXPECTED[layout])
    shared = _in_both_groups(rows) if layout == "pitt" else []
    _tell_apart(rows, set(shared), one_person=one_person)
    further = dict.fromkeys(column for row in rows for column in row if column not in _COLUMNS)
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, *further], dtype=object).dropna(axis="columns", how="all")
    base = folder if folder.is_dir() else folder.parent
    if relative_to and relative_to.resolve() != base.resolve():
        frame["transcript"] = [
            Path(os.path.relpath(base / path, relative_to)).as_posix() for path in frame["transcript"]
        ]
    frame.attrs.update(in_both_groups=shared, left_out=dict(left_out))
    return frame


def _refuse_copies(rows: list[_Row]) -> None:
    """Refuse files that differ in their endings alone: a recogniser writes one recording in several formats."""
    names: dict[str, list[str]] = {}
    for row in rows:
        path = str(row["transcript"])
        match = _TRANSCRIPT.fullmatch(path)
        names.setdefault(match.group(1) if match else path, []).append(path)
    for paths in names.values():
        if len(paths) > 1:
            shown = ", ".join(PurePosixPath(path).name for path in paths)
            raise InputError(
                f"one recording in {len(paths)} formats: {shown}",
                where=PurePosixPath(paths[0]).parent.as_posix().removeprefix("."),
                remedy="keep one format of each recording in the folder, the one with times of words if there is one",
            )


def _left_out(corpus: _Corpus, rows: list[_Row]) -> Counter[str]:
    taken = {row["transcript"] for row in rows}
    left = [file for file in corpus.files if corpus.path(file) not in taken and file.name != "manifest.csv"]
    return Counter(file.suffix.lower() or file.name for file in left)


def _in_both_groups(rows: list[_Row]) -> list[str]:
    labels: dict[str, set[object]] = {}
    for row in rows:
        labels.setdefault(str(row["subject_id"]), set()).add(row["label"])
    return sorted(subject for subject, found in labels.items() if len(found) > 1)


def _tell_apart(rows: list[_Row], shared: set[str], *, one_person: bool) -> None:
    """Give a number under both groups two subject ids, or, where it is one person, two recording ids a visit."""
    for row in rows:
        subject = str(row["subject_id"])
        if subject not in shared:
            continue
        if one_person:
            parts = (
                [row["recording_id"], row["label"]] if row["recording_id"] else [subject, row["visit"], row["label"]]
            )
            row["recording_id"] = "_".join(str(part) for part in parts if part)
        else:
            row["subject_id"] = f"{subject}-{row['label']}"
            row["recording_id"] = row["recording_id"] and f"{row['recording_id']}_{row['label']}"


def _pitt(corpus: _Corpus) -> Iterator[_Row]:
    """Read the Pitt corpus, whose @ID holds the MMSE score in place of education and the diagnosis in that of group."""
    found = [(file, _group_of(file)) for file in corpus.files if file.suffix.lower() == ".cha"]
    found = [(file, group) for file, group in found if group]
    tasks = {file.parent.name for file, _ in found}
    for file, group in found:
        subject, _, visit = file.stem.partition("-")
        task = file.parent.name if file.parent.name.lower() != group else None
        fields = _participant_id(corpus.text(file))
        yield {
            "recording_id": file.stem.replace("-", "_") + f"_{task}" if len(tasks) > 1 else None,
            "subject_id": subject,
            "visit": visit or None,
            "transcript": corpus.path(file),
            "label": group,
            "age": _years(fields.get("age", "")),
            "sex": fields.get("sex") or None,
            "mmse": _number(fields.get("education", "")),
            "task": task,
            "diagnosis": fields.get("group") or None,
            "corpus": fields.get("corpus") or None,
            "ses": fields.get("ses") or None,
            "language": fields.get("language") or None,
        }


def _group_of(file: PurePosixPath) -> str:
    """The Pitt group whose folder a file lies in, empty where it lies in none."""
    return next((part.lower() for part in file.parts[:-1] if part.lower() in ("control", "dementia")), "")


def _adress(corpus: _Corpus) -> Iterator[_Row]:
    known = _read_metadata(corpus)
    for file in corpus.files:
        parts = [part.lower() for part in file.parts[:-1]]
        if file.suffix.lower() != ".cha" or "transcription" not in parts:
            continue
        if not known:
            raise InputError("no file of ID ; age ; gender ; mmse beside `transcription`", where=str(corpus.root))
        about = known.get(identity_key(file.stem), {})
        group = parts[-1] if parts[-1] in ("cc", "cd") else about.get("label", "").lower().replace(" ", "")
        above = parts[: parts.index("transcription")]
        yield {
            "subject_id": file.stem,
            "transcript": corpus.path(file),
            "label": _GROUPS.get(group),
            "age": _number(about.get("age", "")),
            "sex": about.get("gender") or None,
            "mmse": _number(about.get("mmse", "")),
            "task": "cookie",
            "part": next((part for part in reversed(above) if part in ("train", "test")), None),
        }


def _read_metadata(corpus: _Corpus) -> dict[str, dict[str, str]]:
    """Join the ``;``-separated tables with a column ID: subject, under its identity key -> column -> value."""
    known: dict[str, dict[str, str]] = {}
    for file in corpus.files:
        if file.suffix.lower() not in (".txt", ".csv"):
            continue
        lines = [[cell.strip() for cell in line.split(";")] for line in corpus.text(file).splitlines() if line.strip()]
        names = [name.lower() for name in lines[0]] if lines else []
        if "id" not in names:
            continue
        for line in lines[1:]:
            row = dict(zip(names, line, strict=False))
            known.setdefault(identity_key(row.pop("id", "")), {}).update(row)
    return known


def _folder(corpus: _Corpus, pattern: str | None) -> Iterator[_Row]:
    try:
        wanted = re.compile(pattern) if pattern else None
    except re.error as error:
        raise InputError(f"no regular expression ({error})", where="pattern=") from None
    if wanted and "subject" not in wanted.groupindex:
        raise InputError("has no group `subject`", where="pattern=", remedy="write (?P<subject>...)")
    for file in corpus.files:
        match = _TRANSCRIPT.fullmatch(file.as_posix())
        if match is None:
            continue
        if wanted:
            named = wanted.fullmatch(match.group(1))
            if named:
                fields: _Row = dict(named.groupdict())
                yield {"subject_id": fields.pop("subject"), "transcript": corpus.path(file), **fields}
        elif len(file.parts) < 3:
            stem = PurePosixPath(match.group(1)).name
            parts = _VISIT.fullmatch(stem)
            yield {
                "subject_id": parts.group("subject") if parts else stem,
                "visit": parts.group("visit") if parts else None,
                "transcript": corpus.path(file),
                "label": file.parent.name or None,
            }


def _table(path: Path) -> Iterator[_Row]:
    """Read one row a recording from a table of talk; columns that vary within a recording are left out."""
    table = read_table(path)
    columns = {
        name.casefold(): position for position, name in enumerate(standard_columns(table.columns, file=path.name))
    }
    require_columns(list(columns), ["subject_id"], file=path.name)
    about = [name for name in columns if name not in (*_SPEECH, *_TIMES, "transcript")]
    recordings: dict[tuple[str | None, ...], _Row] = {}
    for row in table.rows:
        fields = {name: row.cells[columns[name]] for name in about}
        key = tuple(fields.get(name) for name in ("recording_id", "subject_id", "visit"))
        known = recordings.setdefault(key, {**fields, "transcript": path.name})
        known.update({name: None for name, value in fields.items() if known[name] != value})
    return iter(recordings.values())


def _participant_id(text: str) -> Mapping[str, str]:
    """Return the fields of the participant's ``@ID`` header, empty where the file has none."""
    names = ("language", "corpus", "code", "age", "sex", "group", "ses", "role", "education")
    for line in text.splitlines():
        if line.startswith("@ID:"):
            fields = dict(zip(names, (part.strip() for part in line[4:].split("|")), strict=False))
            if fields.get("code") == "PAR" or fields.get("role") == "Participant":
                return fields
    return {}


def _years(age: str) -> float | None:
    """Read a CHAT age, ``61;06.`` being 61 years and six months."""
    match = _AGE.match(age.strip())
    return round(int(match.group(1)) + int(match.group(2) or 0) / 12, 2) if match else None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*\d+(?:\.\d+)?\s*", text) else None
