"""A cohort -> transcripts.jsonl (a recording a line), ingest.csv (a row a recording) and flow.csv (how many, and why).

Recordings are read in chunks, in parallel where asked, and written as they come, in the manifest's order: memory does
not grow with the cohort, and the number of jobs changes no byte.
"""

from __future__ import annotations

import csv
import gc
import multiprocessing
import sys
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.errors import InputError
from pipeline.ingest import read_transcript
from pipeline.manifest import Cohort, Recording
from pipeline.records import Diagnostic, Transcript, Utterance, Word
from pipeline.runs import defuse
from pipeline.speech import fluent_tokens, participant_utterances, spoken_tokens

if TYPE_CHECKING:
    from pydantic import TypeAdapter

TRANSCRIPTS, INGEST, FLOW = "transcripts.jsonl", "ingest.csv", "flow.csv"
INGEST_COLUMNS = (
    *("recording_id", "subject_id", "visit", "status", "reason", "format", "participant"),
    *("utterances", "utterances_excluded", "utterances_of_others", "words_of_others", "words_spoken"),
    *("removed_fillers", "removed_fragments", "removed_retraced", "removed_repeated", "added_by_targets"),
    *("words_fluent", "unintelligible", "omissions", "pauses", "events", "errors", "foreign"),
    *("diagnostics", "details", "source_digest"),
)
FLOW_COLUMNS = ("step", "reason", "recordings", "subjects")

_CHUNK = 8  # recordings; large enough that handing them over costs little
_AHEAD = 8  # chunks that readers may be ahead of the writer
_DETAILS = 20  # diagnostics spelt out in a cell; all are in transcripts.jsonl


class Ingested(NamedTuple):
    """What became of a cohort: rows of flow.csv and the first diagnostic or reason, if there is any."""

    read: int
    unreadable: int
    diagnostics: int
    first: str


class _Outcome(NamedTuple):
    """One recording: its line of JSON (empty where unreadable), its row, its diagnostics."""

    line: bytes
    row: dict[str, Any]
    reason: str
    diagnostics: int


def ingest_cohort(
    cohort: Cohort,
    folder: Path,
    *,
    readers: ProcessPoolExecutor | None = None,
    participant: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Ingested:
    """Read every transcript of a cohort, in the processes of ``start_readers``; write the three files into ``folder``.

    ``participant`` is the speaker (or ``longest``) where neither the manifest nor the file tells the participant.
    """
    flow: dict[tuple[str, str], list[str]] = defaultdict(list)
    counts: Counter[str] = Counter()
    first = ""
    with (
        (folder / TRANSCRIPTS).open("wb") as lines,
        (folder / INGEST).open("w", encoding="utf-8", newline="") as table,
    ):
        rows = csv.DictWriter(table, INGEST_COLUMNS, lineterminator="\n", restval="")
        rows.writeheader()
        for recording, outcome in zip(cohort.recordings, _outcomes(cohort, readers, participant), strict=True):
            lines.write(outcome.line)
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
    return Ingested(len(cohort.recordings) - unreadable, unreadable, counts["diagnostics"], first)


def require_clean(ingested: Ingested, *, where: str) -> None:
    """Raise InputError where a recording could not be read or not without a diagnostic: what ``--strict`` asks for."""
    if ingested.unreadable or ingested.diagnostics:
        found = f"{ingested.unreadable} unreadable recordings and {ingested.diagnostics} diagnostics"
        raise InputError(
            f"{found}; the first: {ingested.first}", where=where, remedy="mend them, or run without --strict"
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
    _adapter()
    copies = sys.platform == "linux" and threading.active_count() == 1
    if copies:
        gc.freeze()  # a collection would touch, and so copy, what the processes share
    context = multiprocessing.get_context("fork" if copies else "spawn")
    # Records hold no cycles, so looking for them after every 700 objects only costs time.
    seldom = partial(gc.set_threshold, 100_000)
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=seldom)
    try:
        pool.submit(ingest_chunk, (), None)  # starts the processes
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


def _outcomes(cohort: Cohort, readers: ProcessPoolExecutor | None, participant: str | None) -> Iterator[_Outcome]:
    starts = range(0, len(cohort.recordings), _CHUNK)
    chunks = (cohort.recordings[start : start + _CHUNK] for start in starts)
    if readers is None:
        for chunk in chunks:
            yield from ingest_chunk(chunk, participant)
        return
    waiting: deque[Future[list[_Outcome]]] = deque()
    for chunk in chunks:
        waiting.append(readers.submit(ingest_chunk, chunk, participant))
        if len(waiting) == _AHEAD:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def ingest_chunk(recordings: Iterable[Recording], participant: str | None) -> list[_Outcome]:
    """Read a few recordings."""
    return [_ingest(recording, participant) for recording in recordings]


def _ingest(recording: Recording, participant: str | None) -> _Outcome:
    about = {name: getattr(recording, name) for name in ("recording_id", "subject_id", "visit")}
    try:
        transcript = read_transcript(
            recording.transcript,
            recording_id=recording.recording_id,
            subject_id=recording.subject_id,
            visit=recording.visit,
            task=recording.task,
            language=recording.language,
            speaker=recording.speaker,
            otherwise=participant,
        )
    except InputError as error:
        line = str(error).replace(str(recording.transcript), recording.transcript.name)  # runs move, names stay
        reason = error.what.partition(":")[0].partition(";")[0].partition(" (")[0]
        return _Outcome(b"", about | {"status": "unreadable", "reason": line}, reason, 0)
    line_of_json = _adapter().dump_json(transcript) + b"\n"
    row = about | {"status": "read", "reason": ""} | count_transcript(transcript)
    return _Outcome(line_of_json, row, "", len(transcript.diagnostics))


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Transcript]:
    from pydantic import TypeAdapter

    return TypeAdapter(Transcript)


def count_transcript(transcript: Transcript) -> dict[str, Any]:
    """Count what was kept and what each rule of the fluent view removes.

    A word is removed by the first rule that holds for it: filler, fragment, retraced, repeated. So ``words_fluent`` is
    ``words_spoken`` minus the four and plus ``added_by_targets`` (negative where a target is shorter). Words are tokens
    as pipeline.words defines them.
    """
    kept = participant_utterances(transcript)
    own = sum(utterance.speaker == transcript.participant for utterance in transcript.utterances)
    return {
        "format": transcript.source_format,
        "participant": transcript.participant,
        "utterances": len(kept),
        "utterances_excluded": own - len(kept),
        "utterances_of_others": len(transcript.utterances) - own,
        "words_of_others": sum(len(u.words) for u in transcript.utterances if u.speaker != transcript.participant),
        **_count_words(kept),
        **_count_marks(kept),
        "diagnostics": len(transcript.diagnostics),
        "details": _details(transcript.diagnostics),
        "source_digest": transcript.source_digest,
    }


def _count_words(utterances: Sequence[Utterance]) -> dict[str, int]:
    spoken = targets = errors = foreign = 0
    removed = {"fillers": 0, "fragments": 0, "retraced": 0, "repeated": 0}
    for utterance in utterances:
        for word in utterance.words:
            count = len(spoken_tokens(word))
            spoken += count
            rule = _rule(word)
            if rule:
                removed[rule] += count
            elif word.target:
                targets += len(fluent_tokens(word)) - count
            errors += word.error is not None
            foreign += word.language is not None
    fluent = spoken - sum(removed.values()) + targets
    return {
        "words_spoken": spoken,
        **{f"removed_{rule}": count for rule, count in removed.items()},
        "added_by_targets": targets,
        "words_fluent": fluent,
        "errors": errors,
        "foreign": foreign,
    }


def _rule(word: Word) -> str:
    """The rule that removes a word from the fluent view, empty where none does."""
    if word.kind == "filler":
        return "fillers"
    if word.kind == "fragment":
        return "fragments"
    return "retraced" if word.retraced else "repeated" if word.repeated else ""


def _count_marks(utterances: Sequence[Utterance]) -> dict[str, int]:
    return {
        "unintelligible": sum(utterance.unintelligible for utterance in utterances),
        "omissions": sum(utterance.omissions for utterance in utterances),
        "pauses": sum(len(utterance.pauses) for utterance in utterances),
        "events": sum(len(utterance.events) for utterance in utterances),
    }


def _details(diagnostics: Sequence[Diagnostic]) -> str:
    said = [f"line {item.line}: {item.what}" if item.line else item.what for item in diagnostics[:_DETAILS]]
    rest = len(diagnostics) - len(said)
    return "; ".join([*said, f"and {rest} more"] if rest else said)


def _write_flow(cohort: Cohort, flow: dict[tuple[str, str], list[str]], path: Path) -> None:
    everyone = [recording.subject_id for recording in chain(cohort.recordings, cohort.left_out)]
    steps = [("in the manifest", "", everyone)]
    if cohort.left_out:
        steps.append(("left out", "the condition --where", [recording.subject_id for recording in cohort.left_out]))
    steps += [(step, reason, subjects) for (step, reason), subjects in sorted(flow.items())]
    with path.open("w", encoding="utf-8", newline="") as table:
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(FLOW_COLUMNS)
        for step, reason, subjects in steps:
            distinct = dict.fromkeys(subjects)  # a fifth of a set's memory
            rows.writerow((step, defuse(reason), len(subjects), len(distinct)))
