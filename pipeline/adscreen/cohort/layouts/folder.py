"""[LABEL/]SUBJECT[-VISIT|_VISIT].EXTENSION, or any names that a pattern matches -> manifest rows.

VISIT begins with a digit, or is v1 or visit1. The named groups of a pattern are columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from adscreen.cohort.identity import list_some
from adscreen.cohort.layouts.corpus import Corpus, ManifestRow, transcript_stem
from adscreen.errors import InputError

_VISIT = re.compile(r"(?P<subject>.+)[-_](?:v(?:isit)?)?(?P<visit>\d\w*)", re.IGNORECASE)


def list_folder(corpus: Corpus, pattern: str | None) -> Iterator[ManifestRow]:
    """Read names of files.

    Raises:
        InputError: the pattern is no regular expression, or has no group ``subject``.
    """
    try:
        wanted = re.compile(pattern) if pattern else None
    except re.error as error:
        raise InputError(f"no regular expression ({error})", where="pattern=") from None
    if wanted and "subject" not in wanted.groupindex:
        raise InputError("has no group `subject`", where="pattern=", remedy="write (?P<subject>...)")
    for file in corpus.files:
        stem = transcript_stem(file.as_posix())
        if stem is None:
            continue
        if wanted:
            named = wanted.fullmatch(stem)
            if named:
                fields: ManifestRow = dict(named.groupdict())
                yield {"subject_id": fields.pop("subject"), "transcript": corpus.path(file), **fields}
        elif len(file.parts) < 3:
            name = PurePosixPath(stem).name
            parts = _VISIT.fullmatch(name)
            yield {
                "subject_id": parts.group("subject") if parts else name,
                "visit": parts.group("visit") if parts else None,
                "transcript": corpus.path(file),
                "label": file.parent.name or None,
            }


def choose_formats(rows: Sequence[ManifestRow], only: Sequence[str]) -> tuple[list[ManifestRow], list[str]]:
    """Return the rows of files with one of these endings, and a note on recordings that have none of them.

    Raises:
        InputError: no file has such an ending.
    """
    endings = tuple(f".{ending.strip().lstrip('.').lower()}" for ending in only)
    packed = tuple(ending + packing for ending in endings for packing in ("", ".gz", ".xz"))
    chosen = [row for row in rows if str(row["transcript"]).lower().endswith(packed)]
    if rows and not chosen:
        found = Counter(PurePosixPath(str(row["transcript"])).suffix.lower().lstrip(".") for row in rows)
        listed = ", ".join(f"{count} {ending}" for ending, count in sorted(found.items()))
        what = f"no transcript ends in {', '.join(endings)}; found: {listed}"
        raise InputError(what, where="only=", remedy="name one of these endings")
    have = {transcript_stem(str(row["transcript"])) for row in chosen}
    lack = [stem for stem in dict.fromkeys(transcript_stem(str(row["transcript"])) for row in rows) if stem not in have]
    if not lack:
        return chosen, []
    listed = list_some(str(stem) for stem in lack)
    return chosen, [f"{len(lack)} recordings have no {' or '.join(endings)} and are left out: {listed}"]


def refuse_copies(rows: Sequence[ManifestRow]) -> None:
    """Refuse files that differ in their endings alone: a recogniser writes one recording in several formats."""
    names: dict[str, list[str]] = {}
    for row in rows:
        path = str(row["transcript"])
        names.setdefault(transcript_stem(path) or path, []).append(path)
    for paths in names.values():
        if len(paths) > 1:
            shown = ", ".join(PurePosixPath(path).name for path in paths)
            raise InputError(
                f"one recording in {len(paths)} formats: {shown}",
                where=PurePosixPath(paths[0]).parent.as_posix().removeprefix("."),
                remedy="choose one format, the one with times of words if there is one: only= json",
            )


def count_left_out(corpus: Corpus, rows: Sequence[ManifestRow], *, apart: Path | None = None) -> dict[str, int]:
    """Count the files that are in no row, by the ending of their names; a manifest and ``apart`` are no such files."""
    taken = {row["transcript"] for row in rows}
    left = [file for file in corpus.files if corpus.path(file) not in taken and file.name != "manifest.csv"]
    if apart is not None:
        left = [file for file in left if (corpus.root / file).resolve() != apart.resolve()]
    return dict(Counter(file.suffix.lower() or file.name for file in left))
