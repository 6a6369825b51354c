"""Scores + the folder of earlier ones -> the folder with both: one folder that grows night by night.

Only recordings that the folder does not hold, or that have changed, are scored; what is there stays as it is, to the
byte. Rows are in the order of their recording_id, so that the folder depends on what was scored, and not on the nights
it came in. The next state is written whole before it takes the place of the last one (see ``growing_folder``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from heapq import merge
from operator import attrgetter
from pathlib import Path
from typing import Any

from adscreen.checksums import sha256_of
from adscreen.cohort.identity import list_some, show
from adscreen.errors import InputError
from adscreen.report.recording.cached_pages import keep_pages
from adscreen.report.recording.growing_pages import Listed, Neighbours, write_growing_pages
from adscreen.report.recording.pages import render_recording
from adscreen.scoring.appended import (
    APPENDED,
    SCORED_NOW,
    Arrival,
    Entry,
    describe_replacement,
    entry_line,
    find_arrivals,
    plain,
    read_entries,
)
from adscreen.scoring.carried import Carried
from adscreen.scoring.judged import model_facts
from adscreen.scoring.recording_report import SCORED, RecordingReport
from adscreen.scoring.score_files import (
    CSV,
    JSON,
    PARQUET,
    count_scores,
    read_rows,
    row_of,
    score_schema,
    stored_schema,
    writing_rows,
)
from adscreen.scoring.stored_reports import REPORTS, read_lines, report_from_json, report_to_json, writing_lines
from adscreen.scoring.strictness import refuse_incomplete
from adscreen.scoring.subjects import SUBJECTS, writing_subjects
from adscreen.scoring.table_schema import as_schema, join_schemas
from adscreen.studies.growing_folder import RUN, check_growing, growing_folder
from adscreen.studies.runs import describe_run
from adscreen.studies.scores import PAGES, Scores
from adscreen.version import __version__
from adscreen.writing import count, is_vacant, write_json

_MAY_DIFFER = ("model", "inputs", "passed_over", "append", "pages", "nights", "scores_digest", "stored_digests")
_STORED = (JSON, REPORTS, APPENDED)  # what the next state is made of
_OWN = frozenset({RUN, CSV, PARQUET, SUBJECTS, PAGES, *_STORED})


@dataclass(frozen=True, slots=True)
class Appended:
    """What one run added to a folder: how many recordings were new, tried again, replaced, kept or gone.

    ``results`` counts the results of those that were scored now.
    """

    changes: Mapping[str, int]
    results: Mapping[str, int]

    @property
    def missing(self) -> int:
        """The number of recordings of this run without a score."""
        return sum(count for result, count in self.results.items() if result not in SCORED)

    def __str__(self) -> str:
        """Say what was added."""
        words = {"new": "new", "again": "tried again", "replaced": "replaced", "kept": "already there"}
        return ", ".join(f"{self.changes.get(name, 0)} {word}" for name, word in words.items())


@dataclass(frozen=True, slots=True)
class _Item:
    """One recording of the next state: its row, its report as a line, and its entry."""

    values: Mapping[str, Any]
    line: bytes
    entry: Entry
    fresh: bool

    @property
    def recording_id(self) -> str:
        """What items are ordered by."""
        return self.entry.recording_id


@dataclass(frozen=True, slots=True)
class _State:
    """What a folder holds: run.json's settings, and its entries in order, by the identity key of their ids."""

    folder: Path
    settings: Mapping[str, Any]
    entries: Mapping[str, Entry]
    nights: Sequence[Mapping[str, Any]] = ()


def append_scores(scores: Scores, out: Path, *, pages: bool = True, strict: bool = False) -> Appended:
    """Score what the folder ``out`` does not hold yet, and add it; the folder is made where it is missing.

    Raises:
        InputError: the folder was not made by appending, with another model, other options or another version of
            adscreen; another process adds to it; or ``strict``, and a recording has no score or a diagnostic.
    """
    about = dict(scores.about) | {"engine": scores.settings.engine.name, "append": True, "pages": pages}
    check_growing(out)
    with growing_folder(out, is_own=_is_own) as fresh:
        state = _read_state(out)
        _check_same(state, about)
        same_id = bool(scores.options.same_id)
        changes: Counter[str] = Counter()
        chosen: list[Arrival] = []
        gone: list[str] = []
        for arrival in find_arrivals(scores.recordings, state.entries, same_id=same_id):
            changes[arrival.change] += 1
            if arrival.change in SCORED_NOW:
                chosen.append(arrival)
            elif arrival.change == "gone":
                gone.append(arrival.recording.recording_id)
        chosen.sort(key=lambda one: one.recording.recording_id)
        _note(scores, chosen, gone)
        results: Counter[str] = Counter()
        if chosen or not state.entries:
            _write_state(scores, chosen, state, fresh, about=about, results=results, strict=strict)
    return Appended(changes, results)


def _is_own(name: str) -> bool:
    """Return whether adscreen wrote what has this name in the folder; new pages are laid out in ``.report.*``."""
    return name in _OWN or name.startswith(f".{PAGES}.")


def _read_state(out: Path) -> _State:
    if is_vacant(out):
        return _State(out, {}, {})
    check_growing(out)
    try:
        record = json.loads((out / RUN).read_text(encoding="utf-8"))
        settings = record["settings"] | {"adscreen": record["adscreen"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"its {RUN} cannot be read"
        raise InputError(what, where=str(out), remedy="score everything into a new folder") from error
    entries = read_entries(out)
    if count_scores(out) != len(entries):
        what = f"{APPENDED} and the scores hold other recordings"
        raise InputError(what, where=str(out), remedy="score everything into a new folder")
    if (out / CSV).exists() and sha256_of(out / CSV) != settings.get("scores_digest"):
        what = "is not as adscreen wrote it; it may have been edited"
        raise InputError(what, where=str(out / CSV), remedy="move it elsewhere: it will be written again")
    for name, digest in settings.get("stored_digests", {}).items():
        if (out / name).exists() and sha256_of(out / name) != digest:
            what = "is not as adscreen wrote it; it is damaged or edited"
            raise InputError(what, where=str(out / name), remedy="score everything into a new folder")
    return _State(out, settings, entries, settings.get("nights", ()))


def _check_same(state: _State, about: Mapping[str, Any]) -> None:
    """Raise InputError where the folder was made with another version, another model or other options."""
    if not state.settings:
        return
    where, remedy = str(state.folder), "score everything into a new folder"
    if state.settings["adscreen"] != __version__:
        what = f"was written by adscreen {state.settings['adscreen']}, this is {__version__}"
        raise InputError(what, where=where, remedy=remedy)
    now = json.loads(json.dumps(about, default=str))
    then = state.settings
    if then.get("model_digest") != now.get("model_digest"):
        what = f"holds scores of model {str(then.get('model_digest'))[:12]}, this one is {now['model_digest'][:12]}"
        raise InputError(what, where=where, remedy=remedy)
    for name in sorted({*now, *then} - {*_MAY_DIFFER, "adscreen", "model_digest"}):
        if (then.get(name) or None) != (now.get(name) or None):
            what = f"was scored with another {name}= ({_shown(then.get(name))}, now {_shown(now.get(name))})"
            raise InputError(what, where=where, remedy="use the same options each time, or name a new folder")
    if (state.folder / PAGES).exists() and not now["pages"]:
        raise InputError("has pages", where=where, remedy="score with pages here too, or name a new folder")


def _shown(value: Any) -> str:
    return "not given" if value in (None, False, {}, []) else "given" if value is True else str(value)


def _note(scores: Scores, chosen: Sequence[Arrival], gone: Sequence[str]) -> None:
    """Say which recordings are replaced, and how many are kept although their files are gone."""
    replaced = [show(one.recording.recording_id) for one in chosen if one.change == "replaced"]
    notes = []
    if replaced:
        have = "has" if len(replaced) == 1 else "have"
        notes.append(f"{count(len(replaced), 'recording')} {have} changed, to be scored again: {list_some(replaced)}")
    if gone:
        what = f"{count(len(gone), 'transcript')} cannot be found; the results are kept"
        notes.append(f"{what}: {list_some(map(show, gone))}")
    scores.progress.notes(notes)


def _write_state(
    scores: Scores,
    chosen: Sequence[Arrival],
    state: _State,
    fresh: Path,
    *,
    about: Mapping[str, Any],
    results: Counter[str],
    strict: bool,
) -> None:
    """Write the next state of the folder into ``fresh``, run.json last."""
    gone = {one.earlier.recording_id: one.earlier for one in chosen if one.earlier}
    scored = replace(scores, recordings=[one.recording for one in chosen])
    reports = refuse_incomplete(scored) if strict else iter(scored)
    carried = Carried.of(scored.recordings)
    items = merge(
        _earlier_items(state, without=gone),
        _new_items(reports, chosen, carried, results),
        key=attrgetter("recording_id"),
    )
    before = [entry.recording_id for entry in state.entries.values()]
    now = sorted([*({*before} - {*gone}), *(one.recording.recording_id for one in chosen)])
    subjects = (one.recording.subject_id for one in chosen)
    touched = frozenset([*subjects, *(entry.subject_id for entry in gone.values())])
    schema = score_schema(carried)
    schema = join_schemas(stored_schema(state.folder) if state.entries else schema, schema)
    written = _writing(items, fresh, schema)
    if about["pages"]:
        manifest, cache = scores.model.manifest, scores.settings.cache
        write_growing_pages(
            map(_listed, written),
            fresh / PAGES,
            earlier=state.folder / PAGES,
            neighbours=Neighbours(before, now, touched),
            model=model_facts(scores.model),
            positive_label=manifest.positive_label,
            negative_label=manifest.negative_label,
            render=keep_pages(cache) if cache else render_recording,
        )
    else:
        for _ in written:
            pass
    night = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "inputs": about.get("inputs", ())}
    night |= {change: sum(one.change == change for one in chosen) for change in SCORED_NOW}
    night["replaced_recordings"] = [one.recording.recording_id for one in chosen if one.change == "replaced"]
    digests = {name: sha256_of(fresh / name) for name in _STORED}
    table = {"scores_digest": sha256_of(fresh / CSV), "stored_digests": digests, "nights": [*state.nights, night]}
    write_json(describe_run("score", {**about, **table}), fresh / RUN)


def _earlier_items(state: _State, *, without: Mapping[str, Entry]) -> Iterator[_Item]:
    """Yield what the folder holds, in order, without the recordings that are scored again."""
    if not state.entries:
        return
    rows, lines = read_rows(state.folder), read_lines(state.folder / REPORTS)
    for values, line, entry in zip(rows, lines, state.entries.values(), strict=True):
        if entry.recording_id not in without:
            yield _Item(values, line, entry, fresh=False)


def _new_items(
    reports: Iterator[RecordingReport], chosen: Sequence[Arrival], carried: Carried, results: Counter[str]
) -> Iterator[_Item]:
    """Yield what is scored now, in order; a result that replaces another says so."""
    for report, arrival in zip(reports, chosen, strict=True):
        row = report.score
        probability = plain(row.probability)
        if note := describe_replacement(arrival, result=row.result, probability=probability):
            warnings = (*report.warnings, note)
            row = replace(row, warnings="; ".join(warnings))
            report = replace(report, score=row, warnings=warnings)
        results[row.result] += 1
        entry = Entry(
            recording_id=row.recording_id,
            subject_id=row.subject_id,
            transcript=arrival.transcript,
            manifest=arrival.manifest,
            result=row.result,
            probability=probability,
            synthetic=report.synthetic,
            cells=carried.cells(arrival.recording),
        )
        yield _Item(carried.values(row, arrival.recording), report_to_json(report), entry, fresh=True)


def _writing(items: Iterator[_Item], folder: Path, schema: Any) -> Iterator[_Item]:
    """Pass items on, writing the row, the report and the entry of each."""
    with ExitStack() as files:
        write_row = files.enter_context(writing_rows(folder, schema))
        write_line = files.enter_context(writing_lines(folder / REPORTS))
        join_row = files.enter_context(writing_subjects(folder))
        entries = files.enter_context((folder / APPENDED).open("w", encoding="utf-8", newline="\n"))
        for item in items:
            write_row(as_schema(item.values, schema, item.entry.cells))
            join_row(row_of(item.values))
            write_line(item.line)
            entries.write(entry_line(item.entry))
            yield item


def _listed(item: _Item) -> Listed:
    return Listed(row_of(item.values), partial(report_from_json, item.line), item.fresh, item.entry.synthetic)
