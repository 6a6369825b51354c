"""RecordingReport -> its HTML page; score rows -> the cohort's index. Plain data in, one template each.

A page is one file: it asks nothing of the network, and what it shows is escaped by the template engine.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from adscreen.errors import InputError
from adscreen.report.recording import formatting
from adscreen.report.recording.meaning import case_share, count_decided, is_decided, weigh_result, weigh_results
from adscreen.report.recording.phrases import RESULTS, describe_model, shorten
from adscreen.report.recording.visits import place_visits
from adscreen.report.templating import INDEX, environment
from adscreen.scoring.recording_report import (
    SCORED,
    RecordingReport,
    Removed,
    ReportFeature,
    ReportSentence,
    ScoreRow,
)
from adscreen.scoring.subjects import join_visits

MOST_EFFECTS = 6
_VISITS_PLACE = "<!-- visits -->"  # in a page only where the template puts it: text has no bare <

_LONGEST_STEM = 80
_OTHER_CHARACTER = re.compile(r"[^A-Za-z0-9._-]+")
_PLAIN_ID = re.compile(r"[A-Za-z0-9._ -]{1,60}")  # may stand in the style sheet, for the printed foot
_RESERVED = re.compile(r"index|con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)


def page_name(recording_id: str) -> str:
    """Return the file name of a recording's page, made of ``A-Z a-z 0-9 . _ -`` and never another recording's.

    An id without lower-case letters is its own name where that is safe. Any other gets ``--`` and 80 bits of its
    SHA-256, so that names differ on file systems that ignore case as well; no id that stands alone holds ``--``.

    >>> page_name("S012_2"), page_name("s012_2"), page_name("../S012")
    ('S012_2.html', 's012_2--6pdy72rthxxkbb5e.html', '_S012--umhrimwwifsyfyex.html')
    """
    stem = _OTHER_CHARACTER.sub("_", recording_id)
    kept = (
        stem == recording_id == recording_id.upper()
        and "--" not in stem
        and not stem.startswith((".", "-"))
        and not _RESERVED.fullmatch(stem.partition(".")[0])
        and 0 < len(stem) <= _LONGEST_STEM
    )
    if kept:
        return f"{stem}.html"
    digest = hashlib.sha256(recording_id.encode("utf-8", "surrogatepass")).digest()[:10]
    return f"{stem[:_LONGEST_STEM].lstrip('-.') or 'recording'}--{base64.b32encode(digest).decode().lower()}.html"


@dataclass(frozen=True, slots=True)
class SentenceEffect:
    """A sentence among those that moved the score most."""

    index: int
    text: str
    effect: float


@dataclass(frozen=True, slots=True)
class Time:
    """When a sentence was said, as a media fragment; ``first`` of those with the same."""

    fragment: str
    first: bool


def render_recording(
    report: RecordingReport, *, previous: str | None = None, next: str | None = None, generated: str | None = None
) -> str:
    """Return one recording's page. ``previous`` and ``next`` are the page names of its neighbours."""
    score = report.score
    measured = [feature for feature in report.features if formatting.place_dot(feature)]
    return (
        environment()
        .get_template("recording.html.j2")
        .render(
            report=report,
            score=score,
            scored=score.result in SCORED and math.isfinite(score.probability),
            families=_by_family(report.features),
            measured=len(measured),
            outside=sum(not feature.low <= feature.value <= feature.high for feature in measured),
            contributions=sorted(report.contributions, key=lambda part: -abs(part.logit)),
            logit=report.intercept + math.fsum(part.logit for part in report.contributions),
            effects=strongest_effects(report),
            times=_times(report.sentences),
            nothing_removed=Removed(words=report.removed.words),
            provenance=describe_model(report.model),
            worth=weigh_result(score),
            case_share=case_share(report.model, positive_label=report.positive_label),
            plain_id=bool(_PLAIN_ID.fullmatch(score.recording_id)),
            previous=previous,
            next=next,
            generated=generated,
        )
    )


def strongest_effects(report: RecordingReport) -> tuple[SentenceEffect, ...]:
    """Return the sentences whose absence changes the score most, the strongest first."""
    pairs = zip(report.sentences, report.sentence_effects, strict=True) if report.sentence_effects else ()
    moved = [(sentence, effect) for sentence, effect in pairs if math.isfinite(effect) and effect]
    moved.sort(key=lambda pair: (-abs(pair[1]), pair[0].index))
    return tuple(
        SentenceEffect(sentence.index, shorten(sentence.words), effect) for sentence, effect in moved[:MOST_EFFECTS]
    )


def render_visits(rows: Sequence[ScoreRow], pages: Mapping[str, str], *, here: str) -> str:
    """Return the part of a page that shows all visits of its subject."""
    threshold = next((row.threshold for row in rows if math.isfinite(row.threshold)), math.nan)
    template = environment().get_template("visits.html.j2")
    return template.render(course=place_visits(rows, pages, here=here), threshold=threshold)


def render_index(rows: Sequence[ScoreRow], pages: Mapping[str, str], **about: Any) -> str:
    """Return the cohort's index; ``about`` is what ``stream_index`` takes."""
    return "".join(stream_index(rows, pages, **about))


def stream_index(
    rows: Sequence[ScoreRow],
    pages: Mapping[str, str],
    *,
    model: Mapping[str, Any],
    positive_label: str,
    negative_label: str,
    synthetic: bool = False,
) -> Iterator[str]:
    """Yield the cohort's index in pieces. ``pages`` maps a recording_id to its page; a row without one has no link."""
    probabilities = [row.probability for row in rows if row.result in SCORED and math.isfinite(row.probability)]
    threshold = next((row.threshold for row in rows if math.isfinite(row.threshold)), math.nan)
    template = environment().get_template("index.html.j2")
    subjects = join_visits(rows)
    return template.generate(
        rows=rows,
        subjects=subjects if len(subjects) < len(rows) else (),
        pages=pages,
        counts={result: sum(row.result == result for row in rows) for result in RESULTS},
        bins=formatting.count_bins(probabilities, threshold=threshold) if probabilities else (),
        scored=len(probabilities),
        median=median(probabilities) if probabilities else math.nan,
        threshold=threshold,
        worths=weigh_results(rows),
        decided=count_decided(rows),
        case_share=case_share(model, positive_label=positive_label),
        digest=next((row.model_digest for row in rows if row.model_digest), ""),
        flags_of=flag_row,
        provenance=describe_model(model),
        positive_label=positive_label,
        negative_label=negative_label,
        synthetic=synthetic,
    )


def flag_row(row: ScoreRow) -> tuple[str, ...]:
    """Return why a row asks for a second look: ``training``, ``crosses`` (the threshold), ``undecided``, ``warned``."""
    flags = {
        "training": row.in_training,
        "crosses": row.result in SCORED and bool(row.crosses_threshold),
        "undecided": bool(row.conformal_set) and not is_decided(row),
        "warned": bool(row.warnings),
    }
    return tuple(flag for flag, raised in flags.items() if raised)


def write_reports(
    reports: Iterable[RecordingReport],
    folder: Path,
    *,
    model: Mapping[str, Any],
    positive_label: str,
    negative_label: str,
    render: Callable[..., str] = render_recording,
) -> Path:
    """Write a page for each report as it comes, then the index; return the index's path.

    Only score rows are kept in memory. Pages of the same name in the folder are replaced. ``render`` may take
    a page from where it was kept instead of making it.

    Raises:
        InputError: two reports have one recording_id, or the folder cannot be written.
    """
    rows: list[ScoreRow] = []
    pages: dict[str, str] = {}
    synthetic = False
    for previous, report, following in _with_neighbours(reports):
        name = page_name(report.score.recording_id)
        if report.score.recording_id in pages:
            raise InputError(
                f"two reports of recording {report.score.recording_id!r}",
                where=str(folder),
                remedy="give each recording its own recording_id",
            )
        write_page(folder / name, [render(report, previous=previous, next=following)])
        pages[report.score.recording_id] = name
        rows.append(report.score)
        synthetic = synthetic or report.synthetic
    add_visits(rows, pages, folder)
    labels = {"positive_label": positive_label, "negative_label": negative_label}
    write_page(folder / INDEX, stream_index(rows, pages, model=model, synthetic=synthetic, **labels))
    return folder / INDEX


def add_visits(
    rows: Iterable[ScoreRow], pages: Mapping[str, str], folder: Path, *, only: Container[str] | None = None
) -> None:
    """Put the course over the visits into the pages of every subject with several, once all scores are known.

    ``only``: recordings whose pages need it; None for all.
    """
    subjects: dict[str, list[ScoreRow]] = {}
    for row in rows:
        subjects.setdefault(row.subject_id, []).append(row)
    for visits in subjects.values():
        if len(visits) == 1:
            continue
        for row in visits:
            if only is not None and row.recording_id not in only:
                continue
            path = folder / pages[row.recording_id]
            page = path.read_text(encoding="utf-8")
            write_page(path, [page.replace(_VISITS_PLACE, render_visits(visits, pages, here=row.recording_id), 1)])


def _with_neighbours(reports: Iterable[RecordingReport]) -> Iterator[tuple[str | None, RecordingReport, str | None]]:
    """Yield each report between the page names of its neighbours, reading one report ahead."""
    previous: str | None = None
    waiting: RecordingReport | None = None
    for report in reports:
        if waiting is not None:
            yield previous, waiting, page_name(report.score.recording_id)
            previous = page_name(waiting.score.recording_id)
        waiting = report
    if waiting is not None:
        yield previous, waiting, None


def write_page(path: Path, pieces: Iterable[str]) -> None:
    """Write the pieces of a page; raises InputError where its folder cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.writelines(pieces)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", where=str(path), remedy="name a folder that can be written"
        ) from error


def _by_family(features: Sequence[ReportFeature]) -> dict[str, list[ReportFeature]]:
    families: dict[str, list[ReportFeature]] = {}
    for feature in features:
        families.setdefault(feature.family, []).append(feature)
    return families


def _times(sentences: Sequence[ReportSentence]) -> dict[int, Time]:
    """Return the time of each sentence that has one, by its index."""
    times: dict[int, Time] = {}
    seen: set[str] = set()
    for sentence in sentences:
        if sentence.start_ms is not None:
            fragment = formatting.media_fragment(sentence.start_ms, sentence.end_ms)
            times[sentence.index] = Time(fragment, first=fragment not in seen)
            seen.add(fragment)
    return times
