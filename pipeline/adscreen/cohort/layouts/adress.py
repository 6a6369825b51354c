"""Transcripts and tables of the ADReSS challenges -> manifest rows.

ADReSS 2020 (Luz et al. 2020)     transcription/{cc,cd}/S001.cha; the test set's lie in transcription/ itself.
                                  *.txt: ID ; age ; gender ; mmse, and ID ; label of the test set
ADReSSo 2021 (Luz et al. 2021)    audio alone: the transcripts are the user's own, in any format and folder, under the
                                  audio's names. *.csv: adressfname, mmse, dx; ID, Dx of the test set
ADReSS-M 2023 (Luz et al. 2023)   likewise; *.csv: adressfname, age, gender, educ, dx, mmse

Where CHAT files lie under ``transcription``, they are the recordings; elsewhere every transcript that a table names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from adscreen.cohort.identity import identity_key
from adscreen.cohort.layouts.corpus import Corpus, ManifestRow, number, transcript_stem
from adscreen.errors import InputError

_GROUPS = {"cc": "control", "cd": "dementia", "control": "control", "dementia": "dementia", "0": "control"}
_GROUPS |= {"1": "dementia", "ad": "dementia", "probablead": "dementia", "non-ad": "control", "cn": "control"}
_IDS = ("id", "adressfname", "addressfname")
_LABELS = ("label", "dx")
_BETWEEN = re.compile(r"[;,\t]")


def list_adress(corpus: Corpus) -> Iterator[ManifestRow]:
    """Read a challenge's transcripts with what its tables state of them.

    Raises:
        InputError: no table has the columns of a challenge, or folder and table give a recording two labels.
    """
    known = _read_metadata(corpus)
    has_chat = any(map(_is_chat, corpus.files))
    for file in corpus.files:
        stem = transcript_stem(file.name)
        parts = [part.lower() for part in file.parts[:-1]]
        about = known.get(identity_key(stem or ""), {})
        if stem is None or not (_is_chat(file) if has_chat else about):
            continue
        if not known:
            raise InputError("no file of ID ; age ; gender ; mmse beside `transcription`", where=str(corpus.root))
        yield {
            "subject_id": stem,
            "transcript": corpus.path(file),
            "label": _label(stem, about, parts),
            "age": number(about.get("age", "")),
            "sex": about.get("gender") or None,
            "education": number(about.get("educ", "")),
            "mmse": number(about.get("mmse", "")),
            "task": "cookie" if has_chat else None,
            "part": next((part for part in reversed(parts) if part in ("train", "test")), None),
        }


def _is_chat(file: PurePosixPath) -> bool:
    """Return whether a file is one of the transcripts that ADReSS 2020 comes with."""
    return file.suffix.lower() == ".cha" and any(part.lower() == "transcription" for part in file.parts[:-1])


def _label(stem: str, about: Mapping[str, str], parts: Sequence[str]) -> str | None:
    """Return the label that the folder or the table states."""
    stated = next((about[name] for name in _LABELS if about.get(name)), "")
    folder = parts[-1] if parts and parts[-1] in ("cc", "cd", "ad", "cn") else ""
    groups = {_GROUPS.get(one.lower().replace(" ", ""), one) for one in (folder, stated) if one}
    if len(groups) > 1:
        what = f"its folder is {folder!r}, the table says {stated!r}"
        raise InputError(what, where=stem, remedy="correct one of them")
    return next(iter(groups), None)


def _read_metadata(corpus: Corpus) -> dict[str, dict[str, str]]:
    """Join the tables that have a column of ids: subject, under its identity key -> column -> value."""
    known: dict[str, dict[str, str]] = {}
    for file in corpus.files:
        if file.suffix.lower() not in (".txt", ".csv"):
            continue
        lines = [line for line in corpus.text(file).splitlines() if line.strip()]
        separator = next(iter(_BETWEEN.findall(lines[0])), ";") if lines else ";"
        rows = [[cell.strip().strip('"').strip() for cell in line.split(separator)] for line in lines]
        names = [name.lower() for name in rows[0]] if rows else []
        column = next((name for name in _IDS if name in names), None)
        if column is None or len(names) < 2:
            continue
        for cells in rows[1:]:
            row = dict(zip(names, cells, strict=False))
            known.setdefault(identity_key(row.pop(column, "")), {}).update(row)
    known.pop("", None)
    return known
