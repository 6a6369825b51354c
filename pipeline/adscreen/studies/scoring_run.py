"""Model + manifest, transcripts or folders -> a run folder with scores and reports; and its pages anew."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import pandas as pd

from adscreen.bilm.engines import NUMPY, EngineChoice
from adscreen.model.trained_model import load_model
from adscreen.progress import Advance, Progress
from adscreen.report.pdf import print_pdf
from adscreen.report.recording.cached_pages import keep_pages
from adscreen.report.recording.pages import render_recording, write_reports
from adscreen.scoring.inputs import find_recordings
from adscreen.scoring.judged import model_facts
from adscreen.scoring.results import RecordingReport
from adscreen.scoring.score_files import count_scores, writing_scores
from adscreen.scoring.scoring import AS_TRAINED, ScoreOptions, model_settings, score_recordings
from adscreen.scoring.stored_reports import REPORTS, read_reports, writing_reports
from adscreen.studies.runs import check_free, new_run

PAGES = "report"


def run_scoring(
    model_dir: Path,
    inputs: Sequence[Path],
    out: Path,
    *,
    where: str | None = None,
    bilm: Path | None = None,
    parser: str | None = None,
    engine: EngineChoice = NUMPY,
    cache: Path | None = None,
    options: ScoreOptions = AS_TRAINED,
    pages: bool = True,
    jobs: int = 1,
    force: bool = False,
    progress: Progress,
) -> pd.DataFrame:
    """Score recordings and write each as it comes; return the count of each result.

    The folder gets scores.csv, scores.parquet, scores.json, reports.jsonl.gz (what pages are made of) and, unless
    ``pages`` is False, the pages themselves.
    """
    check_free(out, force=force)
    model = load_model(model_dir)
    named = find_recordings(inputs, where=where)
    extract = model_settings(model, bilm, parser=parser, engine=engine, cache=cache)
    settings = {"model": model_dir, "model_digest": model.digest, "inputs": list(inputs), "where": where}
    settings |= asdict(options) | {"passed_over": named.passed_over}
    counts: Counter[str] = Counter()
    with new_run(out, force=force, command="score", settings=settings) as folder:
        advance = progress.task("Scoring", len(named.recordings))
        reports = score_recordings(model, named.recordings, extract, options, jobs=jobs, progress=advance)
        written = _writing(reports, folder, counts)
        if pages:
            labels = {name: getattr(model.manifest, name) for name in ("positive_label", "negative_label")}
            render = keep_pages(cache) if cache else render_recording
            write_reports(written, folder / PAGES, model=model_facts(model), render=render, **labels)
        else:
            for _ in written:
                pass
    return pd.DataFrame([{"result": result, "recordings": counts[result]} for result in sorted(counts)])


def _writing(reports: Iterator[RecordingReport], folder: Path, counts: Counter[str]) -> Iterator[RecordingReport]:
    """Pass reports on, writing the row and the report of each."""
    with ExitStack() as files:
        write_row = files.enter_context(writing_scores(folder))
        write_report = files.enter_context(writing_reports(folder / REPORTS))
        for report in reports:
            write_row(report.score)
            write_report(report)
            counts[report.score.result] += 1
            yield report


def rebuild_pages(run: Path, *, pdf: bool = False, progress: Progress) -> Path:
    """Write the pages of a scoring run anew from its stored reports; return the index.

    With ``pdf`` each recording's page is printed too. The old pages stay until the new ones are complete.

    Raises:
        InputError: the folder is not a scoring run, its reports are damaged, or nothing can print.
    """
    advance = progress.task("Writing pages", count_scores(run))
    reports = read_reports(run / REPORTS)
    first = next(reports)
    fresh = Path(tempfile.mkdtemp(prefix=f".{PAGES}.", dir=run))
    try:
        fresh.chmod(0o755)
        index = write_reports(
            _advancing(chain([first], reports), advance),
            fresh,
            model=first.model,
            positive_label=first.positive_label,
            negative_label=first.negative_label,
        )
        if pdf:
            print_pdf(sorted(path for path in fresh.glob("*.html") if path != index), fresh)
        shutil.rmtree(run / PAGES, ignore_errors=True)
        fresh.replace(run / PAGES)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return run / PAGES / index.name


def _advancing(reports: Iterator[RecordingReport], advance: Advance) -> Iterator[RecordingReport]:
    for report in reports:
        yield report
        advance(1)
