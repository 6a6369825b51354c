"""The command that tests a frozen model: validate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from adscreen.cli.app import command
from adscreen.cli.flags import with_flags
from adscreen.cli.options import (
    BilmOpt,
    CacheOpt,
    EngineOptions,
    ForceOpt,
    JobsOpt,
    JsonOpt,
    LabelOptions,
    LanguageOpt,
    ManifestArg,
    MinWordsOpt,
    OutArg,
    QuietOpt,
    ReadingOptions,
    SeedOpt,
    TrainedParserOpt,
    exit_incomplete,
    print_json,
    print_table,
    show_progress,
)
from adscreen.cli.panels import cohort_option, scoring_argument, scoring_option


@command()
def validate(
    model_dir: Annotated[Path, scoring_argument(help="Model folder.", show_default=False)],
    manifest: ManifestArg,
    out: OutArg,
    *,
    reading: ReadingOptions,
    labels: LabelOptions,
    bilm: BilmOpt = None,
    spacy_model: TrainedParserOpt = None,
    language: LanguageOpt = None,
    engine: EngineOptions,
    cache: CacheOpt = None,
    min_words: MinWordsOpt = None,
    prevalence: Annotated[
        float | None,
        scoring_option(help="Share of cases among those who would be screened, for predictive values: 0.08."),
    ] = None,
    confidence: Annotated[
        float | None, scoring_option(help="Conformal sets at this confidence, and whether they hold the labels: 0.9.")
    ] = None,
    allow_out_of_scope: Annotated[
        bool, scoring_option("--allow-out-of-scope", help="Score recordings unlike those of training too.")
    ] = False,
    lock: Annotated[
        Path | None, scoring_option("--lock", help="The file of `adscreen lock`: say first whether it holds.")
    ] = None,
    strict: Annotated[
        bool, cohort_option("--strict", help="Fail, and write nothing, if the lock does not hold.")
    ] = False,
    seed: SeedOpt = None,
    jobs: JobsOpt = 1,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Test a frozen model on a labelled cohort: discrimination, calibration, subgroups, and the same report.

    Nothing is fitted, tuned or chosen on the cohort, the threshold included. Subjects of the training cohort are left
    out and counted. recalibration.json says what a recalibration would change; it is not applied. --lock says first
    whether what was locked with `adscreen lock` is what is validated.

    Exit status: 0 every recording has a score; 3 done, but some have none, with the reason in scores.csv; 2 bad input,
    nothing written; 1 a fault of adscreen's own.

    Example: adscreen validate model other_clinic.csv validation --prevalence 0.1
    """
    from adscreen.scoring.shares import require_confidence, require_prevalence

    require_prevalence(prevalence)
    require_confidence(confidence)
    from adscreen.studies.validation_run import run_validation  # after the checks, for it loads scikit-learn

    with show_progress(quiet) as progress:
        found = run_validation(
            model_dir,
            manifest,
            out,
            reading=reading.reading(labels),
            bilm=bilm,
            parser=spacy_model,
            language=language,
            engine=engine.choice(),
            cache=cache,
            minimum_words=min_words,
            allow_out_of_scope=allow_out_of_scope,
            prevalence=prevalence,
            confidence=confidence,
            lock=lock,
            strict=strict,
            seed=seed or 0,
            jobs=jobs,
            force=force,
            progress=progress,
        )
    if json:
        print_json(found.metrics)
    elif not quiet:
        print("".join(f"{note}\n" for note in found.lock_notes), end="")
        print_table(found.show())
        told = {*found.lock_notes, *found.tested.cohort.notes, *found.remarks}  # on standard error, before the work
        print("\n".join(with_flags(note) for note in found.notes if note not in told))
        print(f"Wrote {out}; report.html shows it, metrics.csv has every measure")
    exit_incomplete(found.tested.missing)
