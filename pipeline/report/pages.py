"""RecordingReport -> its HTML page; score rows -> the cohort's index. Plain data in, one template each.

A page is one file: it asks nothing of the network, and what it shows is escaped by the template engine.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline import __version__
from pipeline.errors import InputError
from pipeline.report import figures
from pipeline.report.contents import RecordingReport, ReportFeature, ReportSentence, ReportWord, ScoreRow

INDEX = "index.html"
SCORED = ("screen_positive", "screen_negative")
RESULTS = {
    "screen_positive": "Screen positive",
    "screen_negative": "Screen negative",
    "insufficient_speech": "Too little speech",
    "out_of_scope": "Out of scope",
    "unreadable": "Unreadable",
}
FAMILIES = {
    "perplexity": ("Perplexity", "how predictable the sentences are"),
    "lexical": ("Lexical", "choice and variety of words"),
    "fluency": ("Fluency", "hesitations, repetitions, pauses"),
    "syntax": ("Syntax", "how sentences are built"),
    "semantic": ("Semantic", "what the sentences refer to"),
    "doc2vec": ("Doc2Vec", "what is talked about"),
    "elmo": ("ELMo", "how words are used in context"),
}
_SPELLING = {
    "brunet": "Brunet’s",
    "honore": "Honoré’s",
    "mattr": "MATTR",
    "max": "maximum",
    "mtld": "MTLD",
    "oov": "unknown-word",
    "p90": "90th percentile",
    "r": "R",
    "sd": "SD",
    "w": "W",
    "zipf": "Zipf",
}
_PROVENANCE = {
    "adscreen": "Trained with adscreen",
    "bilm": "Language model (biLM)",
    "bilm_digest": "biLM SHA-256",
    "layer": "biLM layer",
    "view": "View of the speech",
    "feature_set": "Feature set",
    "recordings": "Training recordings",
    "subjects": "Training subjects",
    "inner_auc": "AUC on inner folds",
    "training_digest": "Training set digest",
    "settings": "Settings",
    "seed": "Seed",
}

_LONGEST_STEM = 80
_OTHER_CHARACTER = re.compile(r"[^A-Za-z0-9._-]+")
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


def render_recording(
    report: RecordingReport, *, previous: str | None = None, next: str | None = None, generated: str | None = None
) -> str:
    """Return one recording's page. ``previous`` and ``next`` are the page names of its neighbours."""
    measured = [feature for feature in report.features if figures.place_dot(feature)]
    return (
        _environment()
        .get_template("recording.html.j2")
        .render(
            report=report,
            score=report.score,
            scored=report.score.result in SCORED and math.isfinite(report.score.probability),
            families=_by_family(report.features),
            measured=len(measured),
            outside=sum(not feature.low <= feature.value <= feature.high for feature in measured),
            contributions=sorted(report.contributions, key=lambda part: -abs(part.logit)),
            logit=report.intercept + math.fsum(part.logit for part in report.contributions),
            provenance=describe_model(report.model),
            case_share=_case_share(report),
            previous=previous,
            next=next,
            generated=generated,
        )
    )


def render_index(
    rows: Sequence[ScoreRow],
    pages: Mapping[str, str],
    *,
    model: Mapping[str, Any],
    positive_label: str,
    negative_label: str,
    synthetic: bool = False,
) -> str:
    """Return the cohort's index. ``pages`` maps a recording_id to its page name; a row without one has no link."""
    probabilities = [row.probability for row in rows if row.result in SCORED and math.isfinite(row.probability)]
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            rows=rows,
            pages=pages,
            counts={result: sum(row.result == result for row in rows) for result in RESULTS},
            bins=figures.count_bins(probabilities) if probabilities else (),
            scored=len(probabilities),
            median=median(probabilities) if probabilities else math.nan,
            threshold=next((row.threshold for row in rows if math.isfinite(row.threshold)), math.nan),
            digest=next((row.model_digest for row in rows if row.model_digest), ""),
            in_training=sum(row.in_training for row in rows),
            provenance=describe_model(model),
            positive_label=positive_label,
            negative_label=negative_label,
            synthetic=synthetic,
        )
    )


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
        _write(folder / name, render(report, previous=previous, next=following))
        pages[report.score.recording_id] = name
        rows.append(report.score)
        synthetic = synthetic or report.synthetic
    labels = {"positive_label": positive_label, "negative_label": negative_label}
    _write(folder / INDEX, render_index(rows, pages, model=model, synthetic=synthetic, **labels))
    return folder / INDEX


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


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", where=str(path), remedy="name a folder that can be written"
        ) from error


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Return the templates with the filters that they use. Everything is escaped; an unknown name is an error."""
    environment = Environment(
        loader=PackageLoader("pipeline.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "probability": figures.format_probability,
        "perplexity": figures.format_perplexity,
        "measure": figures.format_measure,
        "signed": figures.format_signed,
        "clock": figures.format_clock,
        "anchor": figures.choose_anchor,
        "plot": figures.place_dot,
        "bar": figures.place_bar,
        "sigmoid": _sigmoid,
        "runs": mark_runs,
        "title_of": measure_title,
    }
    environment.tests |= {"finite": math.isfinite, "referenced": figures.has_reference}
    environment.globals |= {"results": RESULTS, "families_known": FAMILIES, "version": __version__, "index": INDEX}
    return environment


def _by_family(features: Sequence[ReportFeature]) -> dict[str, list[ReportFeature]]:
    families: dict[str, list[ReportFeature]] = {}
    for feature in features:
        families.setdefault(feature.family, []).append(feature)
    return families


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit)) if logit >= 0 else 1 - 1 / (1 + math.exp(logit))


def mark_runs(sentence: ReportSentence) -> list[tuple[str, list[ReportWord]]]:
    """Return the sentence's words in runs of one mark, so that a repeated phrase is marked once."""
    return [(mark, list(words)) for mark, words in groupby(sentence.words, lambda word: word.mark)]


def measure_title(feature: ReportFeature) -> str:
    """Return a feature's name in words: ``lexical.honore_r`` -> Honoré’s R."""
    words = feature.name.removeprefix(f"{feature.family}.").split("_")
    title = " ".join(_SPELLING.get(word, word) for word in words)
    return title[:1].upper() + title[1:]


def describe_model(model: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a page says of a model: name and value of each fact, or manifest entry, that is listed here.

    Listed by name, because a manifest also holds digests of subject ids, which are nobody's business.
    """
    provenance = model.get("provenance")
    known = {**model, **(provenance if isinstance(provenance, Mapping) else {})}
    return [(label, _in_words(known[key])) for key, label in _PROVENANCE.items() if known.get(key) not in (None, "")]


def _in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {number:,}" for name, number in value.items())
    return figures.format_probability(value) if isinstance(value, float) else str(value)


def _case_share(report: RecordingReport) -> float:
    """Return the share of the training subjects that are cases; NaN where the model does not tell."""
    subjects = report.model.get("subjects")
    if not isinstance(subjects, Mapping) or report.positive_label not in subjects:
        return math.nan
    return float(subjects[report.positive_label] / sum(subjects.values()))
