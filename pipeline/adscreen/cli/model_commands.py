"""Commands that learn or say how well: evaluate, compare, train."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adscreen.cli.app import app
from adscreen.cli.options import (
    AllenNLPOpt,
    BilmOpt,
    CacheOpt,
    ConfigOpt,
    EngineOpt,
    ForceOpt,
    JobsOpt,
    JsonOpt,
    LayerOpt,
    ManifestArg,
    MembersOpt,
    MinSensitivityOpt,
    NormsOpt,
    OutArg,
    PoolingOpt,
    PositiveOpt,
    QuietOpt,
    SeedOpt,
    SpacyModelOpt,
    TaskFileOpt,
    ThresholdOpt,
    WhereOpt,
    engine_choice,
    print_json,
    print_table,
    say,
    show_progress,
)
from adscreen.errors import InputError


@app.command()
def evaluate(
    manifest: ManifestArg,
    out: OutArg,
    protocol: Annotated[str | None, typer.Option(help="subject, paper, both or site [subject].")] = None,
    test: Annotated[Path | None, typer.Option(help="Manifest of another cohort: train on all of the first.")] = None,
    learning_curve: Annotated[
        bool, typer.Option("--learning-curve", help="Also train on parts of the cohort.")
    ] = False,
    config: ConfigOpt = None,
    members: MembersOpt = None,
    min_sensitivity: MinSensitivityOpt = None,
    threshold: ThresholdOpt = None,
    positive: PositiveOpt = None,
    where: WhereOpt = None,
    bilm: BilmOpt = None,
    layer: LayerOpt = "mean",
    pooling: PoolingOpt = "mean",
    spacy_model: SpacyModelOpt = "bundled",
    task_file: TaskFileOpt = None,
    norms: NormsOpt = None,
    elmo_engine: EngineOpt = "numpy",
    allennlp_python: AllenNLPOpt = None,
    cache: CacheOpt = None,
    folds: Annotated[int | None, typer.Option(help="Outer folds [5].")] = None,
    repeats: Annotated[int | None, typer.Option(help="Repeats of the outer folds [3].")] = None,
    jobs: JobsOpt = 1,
    seed: SeedOpt = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Estimate how well screening works on people it has not seen, beside baselines that need no meaning.

    `subject` keeps every subject (and cluster) on one side of each split; `paper` splits recordings at random, as
    published work did, and leaks; `both` runs these two; `site` leaves out one site at a time. With `--test` the first
    cohort trains and the second tests.

    Example: adscreen evaluate manifest.csv evaluation --protocol both --jobs 2
    """
    from adscreen.estimator.study import read_study
    from adscreen.studies.evaluation_run import run_evaluation
    from adscreen.studies.feature_run import extract_settings

    if test is not None and protocol is not None:
        raise InputError("--test has a protocol of its own", where="protocol=", remedy="leave one of them out")
    study = read_study(
        config,
        folds=folds,
        repeats=repeats,
        seed=seed,
        members=members,
        min_sensitivity=min_sensitivity,
        threshold=threshold,
    )
    extract = extract_settings(
        bilm,
        layer=layer,
        pooling=pooling,
        parser=spacy_model,
        task_files=task_file or (),
        norms=norms or (),
        engine=engine_choice(elmo_engine, allennlp_python),
        cache=cache,
    )
    with show_progress(quiet) as progress:
        found = run_evaluation(
            manifest,
            out,
            protocol=protocol or "subject",
            study=study,
            extract=extract,
            test=test,
            learning_curve=learning_curve,
            positive=positive,
            where=where,
            jobs=jobs,
            force=force,
            progress=progress,
        )
    if json:
        print_json(found.metrics)
    elif not quiet:
        print_table(found.show())
        print("\n".join(found.notes))
        print(f"Wrote {out}; report.html shows it, metrics.csv has every measure")


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="Folder of an evaluation.", show_default=False)],
    second: Annotated[
        Path | None, typer.Argument(help="Folder of another, on the same folds.", show_default=False)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write, with every measure.")] = None,
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


@app.command()
def train(
    manifest: ManifestArg,
    model_dir: Annotated[Path, typer.Argument(help="Model folder to write.", show_default=False)],
    config: ConfigOpt = None,
    members: MembersOpt = None,
    min_sensitivity: MinSensitivityOpt = None,
    threshold: ThresholdOpt = None,
    positive: PositiveOpt = None,
    where: WhereOpt = None,
    bilm: BilmOpt = None,
    layer: LayerOpt = "mean",
    pooling: PoolingOpt = "mean",
    spacy_model: SpacyModelOpt = "bundled",
    task_file: TaskFileOpt = None,
    norms: NormsOpt = None,
    elmo_engine: EngineOpt = "numpy",
    allennlp_python: AllenNLPOpt = None,
    cache: CacheOpt = None,
    jobs: JobsOpt = 1,
    seed: SeedOpt = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Tune and train a screening model on a whole cohort.

    Example: adscreen train manifest.csv model --where 'mmse >= 20'
    """
    from adscreen.estimator.study import read_study
    from adscreen.studies.feature_run import extract_settings
    from adscreen.studies.training_run import run_training

    study = read_study(config, seed=seed, members=members, min_sensitivity=min_sensitivity, threshold=threshold)
    extract = extract_settings(
        bilm,
        layer=layer,
        pooling=pooling,
        parser=spacy_model,
        task_files=task_file or (),
        norms=norms or (),
        engine=engine_choice(elmo_engine, allennlp_python),
        cache=cache,
    )
    with show_progress(quiet) as progress:
        trained = run_training(
            manifest,
            model_dir,
            study=study,
            extract=extract,
            positive=positive,
            where=where,
            jobs=jobs,
            force=force,
            progress=progress,
        )
    subjects = ", ".join(f"{count} {label}" for label, count in trained.subjects.items())
    say(quiet, f"Trained on {subjects} subjects; inner AUC {trained.inner_auc:.3f}, threshold {trained.threshold:.3f}")
    say(quiet, f"Wrote {model_dir}")
