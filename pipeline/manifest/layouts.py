"""A corpus folder -> the rows of its manifest.

pitt     {Control,Dementia}/TASK/SUBJECT-VISIT.cha            DementiaBank Pitt (Becker et al. 1994)
adress   transcription/{cc,cd}/SUBJECT.cha, {cc,cd}_meta_data.txt    ADReSS 2020 (Luz et al.), its test set too:
         transcription/SUBJECT.cha, meta_data.txt
folder   [LABEL/]SUBJECT[-VISIT|_VISIT].{cha,txt}             VISIT begins with a digit, or is v1 or visit1
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipeline.errors import InputError

if TYPE_CHECKING:
    import pandas

Layout = Literal["pitt", "adress", "folder"]
_Row = dict[str, str | float | None]

_COLUMNS = ("recording_id", "subject_id", "visit", "transcript", "label", "age", "sex", "education", "mmse", "task")
_VISIT = re.compile(r"(?P<subject>.+)[-_](?:v(?:isit)?)?(?P<visit>\d\w*)", re.IGNORECASE)
_AGE = re.compile(r"(\d+)(?:;(\d*))?")


def build_manifest(folder: Path, layout: Layout) -> pandas.DataFrame:
    """Return a manifest of the transcripts under ``folder``, sorted by path; columns that would be empty are left out.

    Paths are relative to ``folder``, so that is where the manifest belongs. Raises InputError where the folder does not
    have the layout.
    """
    import pandas as pd

    readers: dict[str, Callable[[Path], Iterator[_Row]]] = {"pitt": _pitt, "adress": _adress, "folder": _folder}
    if layout not in readers:
        raise InputError(f"no layout {layout!r}", remedy=f"choose one of {', '.join(readers)}")
    if not folder.is_dir():
        raise InputError("no such folder", where=str(folder))
    rows = sorted(readers[layout](folder), key=lambda row: str(row["transcript"]))
    if not rows:
        raise InputError(f"no transcript in the layout {layout}", where=str(folder), remedy=_EXPECTED[layout])
    further = dict.fromkeys(column for row in rows for column in row if column not in _COLUMNS)
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, *further], dtype=object)
    return frame.dropna(axis="columns", how="all")


_EXPECTED = {
    "pitt": "expected Control/TASK/SUBJECT-VISIT.cha and Dementia/TASK/SUBJECT-VISIT.cha",
    "adress": "expected transcription/cc/S001.cha and transcription/cd/S002.cha",
    "folder": "expected LABEL/SUBJECT_VISIT.cha or SUBJECT_VISIT.cha (or .txt)",
}


def _pitt(folder: Path) -> Iterator[_Row]:
    """Read the Pitt corpus, whose @ID holds the MMSE score in place of education and the diagnosis in that of group."""
    groups = {label: _child(folder, label) for label in ("Control", "Dementia")}
    paths = [(label, path) for label, group in groups.items() if group for path in sorted(group.rglob("*.cha"))]
    tasks = {path.parent.name for _, path in paths}
    for label, path in paths:
        subject, _, visit = path.stem.partition("-")
        task = path.parent.name if path.parent != groups[label] else None
        fields = _participant_id(path)
        yield {
            "recording_id": path.stem.replace("-", "_") + f"_{task}" if len(tasks) > 1 else None,
            "subject_id": subject,
            "visit": visit or None,
            "transcript": path.relative_to(folder).as_posix(),
            "label": label.lower(),
            "age": _years(fields.get("age", "")),
            "sex": fields.get("sex") or None,
            "mmse": _number(fields.get("education", "")),
            "task": task,
            "diagnosis": fields.get("group") or None,
        }


def _adress(folder: Path) -> Iterator[_Row]:
    transcripts = _child(folder, "transcription")
    for group, label in (("cc", "control"), ("cd", "dementia"), ("", None)):
        paths = sorted((transcripts / group).glob("*.cha")) if transcripts else []
        if not paths:
            continue
        known = _read_metadata(folder / (f"{group}_meta_data.txt" if group else "meta_data.txt"))
        for path in paths:
            about = known.get(path.stem, {})
            yield {
                "subject_id": path.stem,
                "transcript": path.relative_to(folder).as_posix(),
                "label": label,
                "age": _number(about.get("age", "")),
                "sex": about.get("gender") or None,
                "mmse": _number(about.get("mmse", "")),
                "task": "cookie",
            }


def _folder(folder: Path) -> Iterator[_Row]:
    for path in sorted([*folder.glob("*.*"), *folder.glob("*/*.*")]):
        if path.suffix.lower() not in (".cha", ".txt") or path.name.startswith("."):
            continue
        match = _VISIT.fullmatch(path.stem)
        yield {
            "subject_id": match.group("subject") if match else path.stem,
            "visit": match.group("visit") if match else None,
            "transcript": path.relative_to(folder).as_posix(),
            "label": path.parent.name if path.parent != folder else None,
        }


def _child(folder: Path, name: str) -> Path | None:
    """The folder of that name, however it is capitalised."""
    return next(
        (child for child in sorted(folder.iterdir()) if child.is_dir() and child.name.lower() == name.lower()), None
    )


def _participant_id(path: Path) -> Mapping[str, str]:
    """Return the fields of the participant's ``@ID`` header, empty where the file has none."""
    names = ("language", "corpus", "code", "age", "sex", "group", "ses", "role", "education")
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("@ID:"):
            fields = dict(zip(names, (part.strip() for part in line[4:].split("|")), strict=False))
            if fields.get("code") == "PAR" or fields.get("role") == "Participant":
                return fields
    return {}


def _read_metadata(path: Path) -> dict[str, dict[str, str]]:
    """Read ``ID ; age ; gender ; mmse`` lines under a header of those names."""
    if not path.is_file():
        raise InputError("no such file; it holds age, gender and MMSE", where=str(path))
    lines = [line for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines() if line.strip()]
    header, *records = ([cell.strip() for cell in line.split(";")] for line in lines)
    names = [name.lower() for name in header]
    if "id" not in names:
        raise InputError(f"no column ID; columns found: {', '.join(header)}", where=path.name)
    rows = (dict(zip(names, record, strict=False)) for record in records)
    return {row["id"]: row for row in rows}


def _years(age: str) -> float | None:
    """Read a CHAT age, ``61;06.`` being 61 years and six months."""
    match = _AGE.match(age.strip())
    return round(int(match.group(1)) + int(match.group(2) or 0) / 12, 2) if match else None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*\d+(?:\.\d+)?\s*", text) else None
