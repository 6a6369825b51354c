"""Commands that learn or say how well: evaluate, compare, train."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adscreen.cli.app import command
from adscreen.cli.early_checks import check_study, read_cohort_for
from adscreen.cli.flags import with_flags
from adscreen.cli.options import (
    ExtractOptions,
    ForceOpt,
    JobsOpt,
    JsonOpt,
    LabelOptions,
    ManifestArg,
    OutArg,
    QuietOpt,
    ReadingOptions,
    StudyOptions,
    UsableOptions,
    exit_incomplete,
    print_json,
    print_table,
    say,
    say_skipped,
    show_progress,
)
from adscreen.cli.panels import cohort_option, estimator_option, output_argument, output_option
from adscreen.errors import InputError


@command()
def evaluate(
    manifest: ManifestArg,
    out: OutArg,
    study_options: StudyOptions,
    extract_options: ExtractOptions,
    reading: ReadingOptions,
    labels: LabelOptions,
    usable: UsableOptions,
    test: Annotated[Path | None, cohort_option(help="Manifest of another cohort: train on all of the first.")] = None,
    protocol: Annotated[str | None, estimator_option(help="subject, paper, both or site [subject].")] = None,
    folds: Annotated[int | None, estimator_option(help="Outer folds [5].")] = None,
    repeats: Annotated[int | None, estimator_option(help="Repeats of the outer folds [3].")] = None,
    learning_curve: Annotated[
        bool, estimator_option("--learning-curve", help="Also train on parts of the cohort.")
    ] = False,
    instability: Annotated[
        int,
        estimator_option(
            metavar="<models>", help="Refit to this many bootstrap cohorts; how far probabilities move [0: not]."
        ),
    ] = 0,
    cleaning_sensitivity: Annotated[
        bool,
        estimator_option(
            "--cleaning-sensitivity",
            help="Also evaluate other cleanings: fluent or spoken, fillers or none, errors or their targets.",
        ),
    ] = False,
    jobs: JobsOpt = 1,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Estimate how well screening works on people it has not seen, beside baselines that need no meaning.

    The cohort is checked first, as `audit` does: copies, ids, tasks and other shortcuts, missing values.

    `subject` keeps every subject (and cluster) on one side of each split; `paper` splits recordings at random, as
    published work did, and leaks; `both` runs these two; `site` leaves out one site at a time. With `--test` the first
    cohort trains and the second tests.

    Exit status: 0 done; 3 done, with recordings left out by `--skip-unreadable`; 2 bad input, nothing written.

    Example: adscreen evaluate manifest.csv evaluation --protocol both --jobs 2
    """
    from adscreen.studies.protocol_names import check_extras, name_protocols

    if test is not None and protocol is not None:
        raise InputError("--test has a protocol of its own", where="--protocol", remedy="leave one of them out")
    rule = usable.rule()
    check_extras(
        name_protocols(protocol or "subject") if test is None else ("external",),
        instability=instability,
        cleaning_sensitivity=cleaning_sensitivity,
    )
    how = reading.reading(labels)
    study = study_options.settings(folds=folds, repeats=repeats)
    cohort = read_cohort_for(out, manifest, how, force=force)
    tested = None if test is None else how.read(test, known=cohort.grouped_labels)
    for one in (cohort, tested):
        if one is not None:
            check_study(one, study)
    extract = extract_options.settings()
    from adscreen.studies.checks import lead_with
    from adscreen.studies.evaluation_run import run_evaluation  # after all checks, for it loads scikit-learn

    with show_progress(quiet) as progress:
        found = run_evaluation(
            cohort,
            out,
            protocol=protocol or "subject",
            study=study,
            extract=extract,
            allow_other_language=extract_options.allow_other_language,
            test=tested,
            learning_curve=learning_curve,
            instability=instability,
            cleaning_sensitivity=cleaning_sensitivity,
            reading=how,
            rule=rule,
            jobs=jobs,
            force=force,
            progress=progress,
        )
    if json:
        print_json(found.metrics)
    elif not quiet:
        print("\n".join(map(with_flags, lead_with(found.findings))))
        print_table(found.show())
        told = {note for cohort in found.cohorts for note in cohort.notes}  # on standard error, before the work
        print("\n".join(with_flags(note) for note in found.notes if note not in told))
        print(f"Wrote {out}; report.html shows it, metrics.csv has every measure")
    skipped = sum(map(len, found.skipped))
    say_skipped(quiet or json, skipped, out)
    exit_incomplete(skipped)


@command()
def compare(
    first: Annotated[Path, typer.Argument(help="Folder of an evaluation.", show_default=False)],
    second: Annotated[
        Path | None, typer.Argument(help="Folder of another, on the same folds.", show_default=False)
    ] = None,
    out: Annotated[Path | None, output_option(help="Folder to write, with every measure.")] = None,
    method: Annotated[
        str | None,
        typer.Option(help="The method compared in two folders [the one evaluated]."),
    ] = None,
    methods: Annotated[
        str | None, typer.Option(help="Two methods to compare in one folder, as metrics.csv names them: A,B.")
    ] = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Compare two evaluations on the same folds, or two methods of one: first minus second, with 95% intervals.

    Give two folders, or one folder and `--methods adscreen,tfidf_baseline`.

    Example: adscreen compare evaluation other_evaluation
    """
    from adscreen.studies.comparison_run import run_comparison, run_method_comparison, show_comparison

    if methods is None:
        if second is None:
            what, remedy = "one folder alone", "give a second folder, or two methods of this one with --methods A,B"
            raise InputError(what, where=str(first), remedy=remedy)
        frame = run_comparison(first, second, method=method, out=out, force=force)
    else:
        if second is not None or method is not None:
            what, remedy = "compares two methods of one folder", "leave out the second folder and --method"
            raise InputError(what, where="--methods", remedy=remedy)
        frame = run_method_comparison(first, _two_names(methods), out=out, force=force)
    if json:
        print_json(frame)
    elif not quiet:
        print_table(show_comparison(frame))
        print(f"Wrote {out}" if out else "--out FOLDER writes every measure, --json prints it")


def _two_names(methods: str) -> tuple[str, str]:
    names = [name.strip() for name in methods.split(",")]
    if len(names) != 2 or not all(names):
        what, remedy = f"{methods!r} is not two methods", "separate two names by a comma: adscreen,tfidf_baseline"
        raise InputError(what, where="--methods", remedy=remedy)
    return names[0], names[1]


@command()
def train(
    manifest: ManifestArg,
    model_dir: Annotated[Path, output_argument(help="Model folder to write.", show_default=False)],
    study_options: StudyOptions,
    extract_options: ExtractOptions,
    reading: ReadingOptions,
    labels: LabelOptions,
    usable: UsableOptions,
    jobs: JobsOpt = 1,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Tune and train a screening model on a whole cohort.

    Exit status: 0 done; 3 done, with recordings left out by `--skip-unreadable`; 2 bad input, nothing written.

    Example: adscreen train manifest.csv model --where 'mmse >= 20'
    """
    rule = usable.rule()
    how = reading.reading(labels)
    study = study_options.settings()
    cohort = read_cohort_for(model_dir, manifest, how, force=force)
    check_study(cohort, study)
    extract = extract_options.settings()
    from adscreen.studies.training_run import run_training  # after all checks, for it loads scikit-learn

    with show_progress(quiet) as progress:
        trained, skipped = run_training(
            cohort,
            model_dir,
            study=study,
            extract=extract,
            allow_other_language=extract_options.allow_other_language,
            reading=how,
            rule=rule,
            jobs=jobs,
            force=force,
            progress=progress,
        )
    subjects = ", ".join(f"{count} {label}" for label, count in trained.subjects.items())
    say(quiet, f"Trained on {subjects} subjects; inner AUC {trained.inner_auc:.3f}, threshold {trained.threshold:.3f}")
    say(quiet, f"Wrote {model_dir}")
    say_skipped(quiet, len(skipped), model_dir)
    exit_incomplete(len(skipped))
