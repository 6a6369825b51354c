"""A manifest without its labels -> digests of its recordings, which no order of rows or columns and no label moves.

The digest of a row is the HMAC-SHA256 (RFC 2104) of its cells under a key that is derived from the recording's speech.
A plain digest of an id, an age and a sex can be found by trying; whoever lacks the transcript cannot try these. The
digest of a transcript is the SHA-256 of its file's bytes, or of its text, with a prefix of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from adscreen.cohort.cohort import Cohort, Recording
from adscreen.cohort.columns import standard_name
from adscreen.cohort.files import read_bytes
from adscreen.cohort.reading import Reading
from adscreen.cohort.spoken_text import TRANSCRIPT, take_text
from adscreen.cohort.spreadsheet import read_table
from adscreen.cohort.values import standardise
from adscreen.errors import InputError

LABEL = "label"
Cells = Mapping[str, str | None]
Read = Callable[[Path], bytes]


@dataclass(frozen=True, slots=True, order=True)
class RecordingDigest:
    """The digests of a recording: its row's cells without labels, and its transcript; empty where that is missing."""

    row: str
    transcript: str


@dataclass(frozen=True, slots=True)
class ManifestDigest:
    """The recordings of a manifest in the order of their digests, with the columns that the rows' digests are of.

    ``label_columns`` are those that do not count, whether the manifest has them or not; ``labelled`` says whether a
    chosen row has a value in one of them.
    """

    columns: tuple[str, ...]
    label_columns: tuple[str, ...]
    labelled: bool
    recordings: tuple[RecordingDigest, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of the columns and of every recording."""
        content = [list(self.columns), [[one.row, one.transcript] for one in self.recordings]]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def read_blinded(manifest: Path, reading: Reading) -> Cohort:
    """Read the cohort of a manifest that may have no labels yet: no row is left out because of its label.

    Raises:
        InputError: what ``read_cohort`` raises.
    """
    return replace(reading, positive=None, negative=None, label_by_visit=True).read(manifest)


def digest_manifest(
    cohort: Cohort,
    *,
    sheet: str | None = None,
    outcomes: Collection[str] = (),
    columns: Collection[str] | None = None,
    may_lack: bool = False,
) -> ManifestDigest:
    """Return the digests of the rows that ``cohort``, read by ``read_blinded``, has of its manifest.

    ``outcomes`` are further columns that count as labels. ``columns`` are those that count instead of all others;
    ``may_lack`` allows transcripts that are missing.

    Raises:
        InputError: the manifest or a transcript cannot be read.
    """
    labels = tuple(sorted({LABEL, *map(standard_name, outcomes)}))
    rows = list(_cells(cohort.path, sheet))
    read = lru_cache(maxsize=1)(read_bytes)  # rows of one file that holds many follow one another
    counted: set[str] = set()
    labelled, found = False, []
    for recording in cohort.recordings:
        cells = rows[recording.row - 1]
        labelled = labelled or any(cells.get(name) for name in labels)
        own = {name: cell for name, cell in cells.items() if _counts(name, recording, labels, columns)}
        counted |= own.keys()
        found.append(_digest(own, _speech(recording, read, may_lack=may_lack, where=cohort.path.name)))
    return ManifestDigest(tuple(sorted(counted)), labels, labelled, tuple(sorted(found)))


def _cells(manifest: Path, sheet: str | None) -> Iterator[Cells]:
    """Yield the cells of every row as written, by the known name of their column; speech in cells is left out."""
    opened = read_table(manifest, sheet=sheet)
    table, _ = standardise(opened, missing={}, file=manifest.name)
    table, _ = take_text(table, folder=manifest.parent, file=manifest.name)
    yield from (dict(zip(table.columns, row.cells, strict=True)) for row in table.rows)


def _counts(name: str, recording: Recording, labels: Collection[str], columns: Collection[str] | None) -> bool:
    if name in labels or (columns is not None and name not in columns):
        return False
    return name != TRANSCRIPT or recording.content is None  # of speech in cells it only numbers the row


def _speech(recording: Recording, read: Read, *, may_lack: bool, where: str) -> bytes | None:
    """Return what the transcript's digest is of; None where there is none and ``may_lack``."""
    if isinstance(recording.content, str):
        return recording.content.encode("utf-8", errors="surrogatepass")
    try:
        return read(recording.transcript)
    except InputError as error:
        if may_lack:
            return None
        remedy = "correct the manifest, or leave the row out with where="
        raise InputError(f"row {recording.row}: transcript: {error.what}", where=where, remedy=remedy) from None


def _digest(cells: Cells, speech: bytes | None) -> RecordingDigest:
    """Return the digests of a recording. Its row has none without the transcript, which its key is derived from."""
    if speech is None:
        return RecordingDigest("", "")
    key = hashlib.sha256(b"key\0" + speech).digest()
    content = json.dumps(sorted((name, cell or "") for name, cell in cells.items()))
    row = hmac.new(key, content.encode(), "sha256").hexdigest()
    return RecordingDigest(row, hashlib.sha256(b"transcript\0" + speech).hexdigest())
