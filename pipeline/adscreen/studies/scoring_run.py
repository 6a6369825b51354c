"""Model + manifest, transcripts or folders -> a run folder with scores and reports; and its pages again."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import pandas as pd

from adscreen.bilm.engines import NUMPY, EngineChoice
from adscreen.cohort.reading import AS_WRITTEN, Reading
from adscreen.progress import HIDDEN, Advance, Progress
from adscreen.report.pdf import print_pdf
from adscreen.report.recording.pages import write_reports
from adscreen.scoring.inputs import Named
from adscreen.scoring.recording_report import RecordingReport
from adscreen.scoring.score_files import count_reasons, count_results, count_scores
from adscreen.scoring.scoring import AS_TRAINED, ScoreOptions
from adscreen.scoring.stored_reports import REPORTS, read_reports
from adscreen.studies.append_run import append_scores
from adscreen.studies.growing_folder import check_place
from adscreen.studies.scores import PAGES, score


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scoring run's folder holds: how many recordings have each result, and why some have no score.

    ``missing`` counts the recordings of this run without a score; ``added`` says what was appended.
    """

    results: Mapping[str, int]
    reasons: Mapping[str, Mapping[str, int]]
    missing: int
    added: str = ""

    def show(self) -> pd.DataFrame:
        """Return the count of each result."""
        rows = [{"result": result, "recordings": self.results[result]} for result in sorted(self.results)]
        return pd.DataFrame(rows)


def run_scoring(
    model_dir: Path,
    inputs: Sequence[Path] | Named,
    out: Path,
    *,
    reading: Reading = AS_WRITTEN,
    bilm: Path | None = None,
    parser: str | None = None,
    language: Path | None = None,
    engine: EngineChoice = NUMPY,
    cache: Path | None = None,
    options: ScoreOptions = AS_TRAINED,
    pages: bool = True,
    append: bool = False,
    strict: bool = False,
    jobs: int = 1,
    force: bool = False,
    progress: Progress = HIDDEN,
) -> Scored:
    """Score recordings and write the run folder of ``Scores.save``, or ``append`` to it; return what it holds.

    ``strict`` refuses a recording without a score, or with a diagnostic, at the end: nothing is written.
    """
    check_place(out, append=append, force=force)
    arguments = reading.arguments()
    del arguments["positive"], arguments["negative"]  # a model has its own
    scores = score(
        model_dir,
        inputs,
        bilm=bilm,
        parser=parser,
        language=language,
        engine=engine,
        cache=cache,
        jobs=jobs,
        progress=progress,
        **asdict(options) | arguments,
    )
    if append:
        appended = append_scores(scores, out, pages=pages, strict=strict)
        return Scored(count_results(out), count_reasons(out), appended.missing, str(appended))
    scores.save(out, pages=pages, force=force, strict=strict)
    reasons = count_reasons(out)
    return Scored(count_results(out), reasons, sum(map(sum, map(Counter.values, reasons.values()))))


def rebuild_pages(run: Path, *, pdf: bool = False, progress: Progress = HIDDEN) -> Path:
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
