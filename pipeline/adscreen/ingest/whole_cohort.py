"""A cohort -> transcripts.jsonl (a recording a line), ingest.csv (a row a recording) and flow.csv (how many, and why).

Recordings are read in chunks, in parallel where asked, and written as they come, in the manifest's order: memory does
not grow with the cohort, and the number of jobs changes no byte.
"""

from __future__ import annotations

import csv
import gc
import multiprocessing
import shutil
import sys
import tempfile
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from adscreen.cohort import Cohort, Recording
from adscreen.errors import InputError
from adscreen.ingest import transcript_of
from adscreen.ingest.counts import count_transcript
from adscreen.ingest.transcript_json import dump_transcript, transcript_adapter
from adscreen.writing import defuse

TRANSCRIPTS, INGEST, FLOW = "transcripts.jsonl", "ingest.csv", "flow.csv"
INGEST_COLUMNS = (
    *("recording_id", "subject_id", "visit", "status", "reason", "format", "participant"),
    *("utterances", "utterances_excluded", "utterances_of_others", "words_of_others", "words_spoken"),
    *("removed_fillers", "removed_fragments", "removed_retraced", "removed_repeated", "removed_nonwords"),
    *("added_by_targets", "words_fluent", "words_excluded", "unintelligible", "omissions"),
    *("pauses", "events", "errors", "foreign"),
    *("diagnostics", "details", "source_digest"),
)
FLOW_COLUMNS = ("step", "reason", "recordings", "subjects")

_CHUNK = 8  # recordings; large enough that handing them over costs little
_AHEAD = 8  # chunks that readers may be ahead of the writer
_PIECE = 2**20  # bytes copied at once


class Ingested(NamedTuple):
    """What became of a cohort: rows of flow.csv, the first diagnostic or reason, and how often each reason occurs."""

    read: int
    unreadable: int
    diagnostics: int
    first: str
    reasons: Mapping[str, int] = {}


class _Outcome(NamedTuple):
    """One recording: its row, why it is unreadable (empty where it is read), its diagnostics."""

    row: dict[str, Any]
    reason: str
    diagnostics: int


def ingest_cohort(
    cohort: Cohort,
    folder: Path,
    *,
    readers: ProcessPoolExecutor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Ingested:
    """Read a cohort's transcripts, in the processes of ``start_readers``; write the three files into ``folder``."""
    flow: dict[tuple[str, str], list[str]] = defaultdict(list)
    counts: Counter[str] = Counter()
    first = ""
    with (
        (folder / TRANSCRIPTS).open("wb") as lines,
        (folder / INGEST).open("w", encoding="utf-8", newline="") as table,
        closing(_read_all(cohort, lines, readers=readers)) as outcomes,
    ):
        rows = csv.DictWriter(table, INGEST_COLUMNS, lineterminator="\n", restval="")
        rows.writeheader()
        for recording, outcome in zip(cohort.recordings, outcomes, strict=True):
            rows.writerow({name: defuse(value) for name, value in outcome.row.items()})
            step = "unreadable" if outcome.reason else "read with diagnostics" if outcome.diagnostics else "read"
            flow[step, outcome.reason].append(recording.subject_id)
            counts[step] += 1
            counts["diagnostics"] += outcome.diagnostics
            if step != "read":
                first = first or outcome.row["reason"] or f"{recording.transcript.name}: {outcome.row['details']}"
            if progress:
                progress(1)
    _write_flow(cohort, flow, folder / FLOW)
    unreadable = counts["unreadable"]
    reasons = {reason: len(subjects) for (step, reason), subjects in flow.items() if step == "unreadable"}
    return Ingested(len(cohort.recordings) - unreadable, unreadable, counts["diagnostics"], first, reasons)


def require_clean(ingested: Ingested, *, where: str) -> None:
    """Raise InputError where a recording could not be read or not without a diagnostic: what ``--strict`` asks for."""
    if ingested.unreadable or ingested.diagnostics:
        found = f"{ingested.unreadable} unreadable recordings and {ingested.diagnostics} diagnostics"
        raise InputError(
            f"{found}; the first: {ingested.first}", where=where, remedy="mend them, or run without strict="
        )


@contextmanager
def start_readers(jobs: int) -> Iterator[ProcessPoolExecutor | None]:
    """Start ``jobs`` processes that read transcripts; None where there is one job, which reads in this process.

    On Linux they start at once, as copies of this process, if it has one thread; so start them before progress bars,
    and before the manifest is read, which they need not hold. Elsewhere they start anew.
    """
    if jobs == 1:
        yield None
        return
    transcript_adapter()
    copies = sys.platform == "linux" and threading.active_count() == 1
    if copies:
        gc.freeze()  # a collection would touch, and so copy, what the processes share
    context = multiprocessing.get_context("fork" if copies else "spawn")
    # Records hold no cycles, so looking for them after every 700 objects only costs time.
    seldom = partial(gc.set_threshold, 100_000)
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=seldom)
    try:
        pool.submit(transcript_adapter)  # starts the processes
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


def _read_all(
    cohort: Cohort, lines: BinaryIO, *, readers: ProcessPoolExecutor | None
) -> Generator[_Outcome, None, None]:
    """Read in order, in this process or in those of ``readers``; the lines of JSON go to ``lines``."""
    starts = range(0, len(cohort.recordings), _CHUNK)
    chunks = (cohort.recordings[start : start + _CHUNK] for start in starts)
    if readers is None:
        for chunk in chunks:
            yield from _read_chunk(chunk, lines)
        return
    waiting: deque[tuple[Path, Future[list[_Outcome]]]] = deque()
    with tempfile.TemporaryDirectory(prefix=".parts.", dir=Path(lines.name).parent) as parts:
        try:
            for number, chunk in enumerate(chunks):
                part = Path(parts, str(number))
                waiting.append((part, readers.submit(_read_part, chunk, part)))
                if len(waiting) == _AHEAD:
                    yield from _take(*waiting.popleft(), lines)
            while waiting:
                yield from _take(*waiting.popleft(), lines)
        finally:  # after an error, before the folder goes
            wait(read for _, read in waiting if not read.cancel())


def _take(part: Path, read: Future[list[_Outcome]], lines: BinaryIO) -> list[_Outcome]:
    """Wait for a chunk, and move its lines behind those before it."""
    outcomes = read.result()
    with part.open("rb") as written:
        shutil.copyfileobj(written, lines, _PIECE)
    part.unlink()
    return outcomes


def _read_part(recordings: Iterable[Recording], part: Path) -> list[_Outcome]:
    """Read a few recordings into a file: JSON, much longer than CHAT, would take longer through a pipe."""
    with part.open("wb") as lines:
        return _read_chunk(recordings, lines)


def _read_chunk(recordings: Iterable[Recording], lines: BinaryIO) -> list[_Outcome]:
    return [_read(recording, lines) for recording in recordings]


def _read(recording: Recording, lines: BinaryIO) -> _Outcome:
    about = {name: getattr(recording, name) for name in ("recording_id", "subject_id", "visit")}
    try:
        transcript = transcript_of(recording)
    except InputError as error:
        line = str(error).replace(str(recording.transcript), recording.transcript.name)  # runs move, names stay
        reason = error.what.partition(":")[0].partition(";")[0].partition(" (")[0]
        return _Outcome(about | {"status": "unreadable", "reason": line}, reason, 0)
    lines.write(dump_transcript(transcript))
    lines.write(b"\n")
    row = about | {"status": "read", "reason": ""} | count_transcript(transcript)
    return _Outcome(row, "", len(transcript.diagnostics))


def _write_flow(cohort: Cohort, flow: dict[tuple[str, str], list[str]], path: Path) -> None:
    everyone = [one.subject_id for one in chain(cohort.recordings, cohort.left_out, cohort.other_labels)]
    steps = [("in the manifest", "", everyone)]
    if cohort.left_out:
        steps.append(
            ("left out", "did not meet the condition", [recording.subject_id for recording in cohort.left_out])
        )
    if cohort.other_labels:
        steps.append(("left out", "label of neither side", [one.subject_id for one in cohort.other_labels]))
    steps += [(step, reason, subjects) for (step, reason), subjects in sorted(flow.items())]
    with path.open("w", encoding="utf-8", newline="") as table:
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(FLOW_COLUMNS)
        for step, reason, subjects in steps:
            distinct = dict.fromkeys(subjects)  # a fifth of a set's memory
            rows.writerow((step, defuse(reason), len(subjects), len(distinct)))
