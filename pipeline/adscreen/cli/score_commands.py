"""Commands that score: score, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.cli.app import command
from adscreen.cli.options import (
    BilmOpt,
    CacheOpt,
    EngineOptions,
    ForceOpt,
    JobsOpt,
    JsonOpt,
    LanguageOpt,
    MinWordsOpt,
    OutArg,
    QuietOpt,
    ReadingOptions,
    TrainedParserOpt,
    exit_incomplete,
    print_json,
    print_table,
    say,
    show_progress,
)
from adscreen.cli.panels import (
    cohort_argument,
    cohort_option,
    output_option,
    scoring_argument,
    scoring_option,
)

if TYPE_CHECKING:
    from adscreen.studies.scoring_run import Scored


@command()
def score(
    model_dir: Annotated[Path, scoring_argument(help="Model folder.", show_default=False)],
    inputs: Annotated[list[Path], cohort_argument(help="A manifest, transcripts or folders.", show_default=False)],
    out: OutArg,
    *,
    reading: ReadingOptions,
    language: LanguageOpt = None,
    bilm: BilmOpt = None,
    spacy_model: TrainedParserOpt = None,
    engine: EngineOptions,
    cache: CacheOpt = None,
    min_words: MinWordsOpt = None,
    prevalence: Annotated[
        float | None, scoring_option(help="Share of cases among those screened, for what a result means: 0.08.")
    ] = None,
    confidence: Annotated[
        float | None,
        scoring_option(help="Say which labels cannot be ruled out at this confidence, or that none can: 0.9."),
    ] = None,
    sentence_effects: Annotated[
        bool,
        scoring_option(
            "--sentence-effects", help="Score each recording without each sentence too (several times the time)."
        ),
    ] = False,
    pages: Annotated[
        bool, output_option("--pages/--no-pages", help="Write pages now, or later with `adscreen report`.")
    ] = True,
    allow_training_subjects: Annotated[
        bool, scoring_option("--allow-training-subjects", help="Score subjects of the training data too, marked.")
    ] = False,
    allow_out_of_scope: Annotated[
        bool, scoring_option("--allow-out-of-scope", help="Score recordings unlike those of training too, marked.")
    ] = False,
    append: Annotated[
        bool,
        output_option("--append", help="Add to the folder: score only what it does not hold, or what has changed."),
    ] = False,
    strict: Annotated[
        bool,
        cohort_option("--strict", help="Fail, and write nothing, if a recording has no score or any diagnostic."),
    ] = False,
    jobs: JobsOpt = 1,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Score a held-out cohort: one row a recording (CSV, Parquet, JSON), and its pages.

    Exit status: 0 every recording has a score; 3 done, but some have none, with the reason in scores.csv (with
    `--append`: some of those scored now); 2 bad input, nothing written; 1 a fault of adscreen's own.

    Example: adscreen score model held_out.csv scores
    """
    from adscreen.scoring.shares import require_confidence, require_prevalence
    from adscreen.studies.growing_folder import check_target
    from adscreen.studies.sources import name_recordings

    require_prevalence(prevalence)
    require_confidence(confidence)
    how = reading.reading()
    check_target(out, append=append, force=force)
    named = name_recordings(inputs, how)
    from adscreen.scoring.scoring import ScoreOptions  # after the checks, for these load scikit-learn
    from adscreen.studies.scoring_run import run_scoring

    options = ScoreOptions(
        minimum_words=min_words,
        prevalence=prevalence,
        confidence=confidence,
        sentence_effects=sentence_effects,
        allow_training_subjects=allow_training_subjects,
        allow_out_of_scope=allow_out_of_scope,
    )

    with show_progress(quiet) as progress:
        done = run_scoring(
            model_dir,
            named,
            out,
            reading=how,
            bilm=bilm,
            parser=spacy_model,
            language=language,
            engine=engine.choice(),
            cache=cache,
            options=options,
            pages=pages,
            append=append,
            strict=strict,
            jobs=jobs,
            force=force,
            progress=progress,
        )
    if json:
        print_json(done.show())
    elif not quiet:
        _print_scored(done, out, pages=pages)
    exit_incomplete(done.missing)


def _print_scored(done: Scored, out: Path, *, pages: bool) -> None:
    """Print how many recordings have each result, why some have none, and where to look."""
    from adscreen.ingest.reasons import list_reasons

    print_table(done.show())
    for result, reasons in sorted(done.reasons.items()):
        print(f"{sum(reasons.values())} {result}: {list_reasons(reasons)}")
    if done.added:
        print(f"Added:   {done.added}")
    print(f"Scores:  {out / 'scores.csv'}")
    index = out / "report" / "index.html"
    print(f"Reports: open {index} in a browser" if pages else f"Reports: adscreen report {out}")


@command()
def report(
    run: Annotated[Path, typer.Argument(help="Folder that `adscreen score` wrote.", show_default=False)],
    pdf: Annotated[bool, output_option("--pdf", help="Print each page to a PDF too (Chromium or WeasyPrint).")] = False,
    quiet: QuietOpt = False,
) -> None:
    """Write the pages of a scoring run again from its stored reports.

    Example: adscreen report scores --pdf
    """
    from adscreen.studies.scoring_run import rebuild_pages

    with show_progress(quiet) as progress:
        index = rebuild_pages(run, pdf=pdf, progress=progress)
    say(quiet, f"Reports: open {index} in a browser")
