"""Commands that learn: evaluate, train."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import app
from pipeline.cli.options import (
    AllenNLPOpt,
    BilmOpt,
    ConfigOpt,
    EngineOpt,
    ForceOpt,
    JobsOpt,
    JsonOpt,
    LayerOpt,
    ManifestArg,
    OutArg,
    PoolingOpt,
    PositiveOpt,
    QuietOpt,
    SeedOpt,
    WhereOpt,
    engine_choice,
    print_json,
    print_table,
    say,
    show_progress,
)
from pipeline.errors import InputError


@app.command()
def evaluate(
    manifest: ManifestArg,
    out: OutArg,
    protocol: Annotated[str, typer.Option(help="subject, paper or both.")] = "subject",
    config: ConfigOpt = None,
    positive: PositiveOpt = None,
    where: WhereOpt = None,
    bilm: BilmOpt = None,
    layer: LayerOpt = "mean",
    pooling: PoolingOpt = "mean",
    elmo_engine: EngineOpt = "numpy",
    allennlp_python: AllenNLPOpt = None,
    folds: Annotated[int | None, typer.Option(help="Outer folds [5].")] = None,
    repeats: Annotated[int | None, typer.Option(help="Repeats of the outer folds [3].")] = None,
    jobs: JobsOpt = 1,
    seed: SeedOpt = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Estimate how well screening works on people it has not seen, beside a TF-IDF baseline.

    `subject` keeps every subject (and cluster) on one side of each split; `paper` splits recordings at random, as
    published work did, and leaks.

    Example: adscreen evaluate manifest.csv evaluation --protocol both --jobs 2
    """
    from pipeline.studies.evaluation import run_evaluation

    if protocol not in ("subject", "paper", "both"):
        raise InputError(f"unknown protocol {protocol!r}", where="--protocol", remedy="use subject, paper or both")
    overrides = {"folds": folds, "repeats": repeats, "seed": seed}
    with show_progress(quiet) as progress:
        metrics, notes = run_evaluation(
            manifest,
            out,
            protocols=("subject", "paper") if protocol == "both" else (protocol,),  # type: ignore[arg-type]
            config=config,
            overrides=overrides,
            positive=positive,
            where=where,
            bilm=bilm,
            layer=layer,
            pooling=pooling,
            engine=engine_choice(elmo_engine, allennlp_python),
            jobs=jobs,
            force=force,
            progress=progress,
        )
    if json:
        print_json(metrics)
    elif not quiet:
        print_table(metrics)
        print("\n".join(notes))
        print(f"Wrote {out}")


@app.command()
def train(
    manifest: ManifestArg,
    model_dir: Annotated[Path, typer.Argument(help="Model folder to write.", show_default=False)],
    config: ConfigOpt = None,
    positive: PositiveOpt = None,
    where: WhereOpt = None,
    bilm: BilmOpt = None,
    layer: LayerOpt = "mean",
    pooling: PoolingOpt = "mean",
    elmo_engine: EngineOpt = "numpy",
    allennlp_python: AllenNLPOpt = None,
    jobs: JobsOpt = 1,
    seed: SeedOpt = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Tune and train a screening model on a whole cohort.

    Example: adscreen train manifest.csv model --where 'mmse >= 20'
    """
    from pipeline.studies.training import run_training

    with show_progress(quiet) as progress:
        trained = run_training(
            manifest,
            model_dir,
            config=config,
            overrides={"seed": seed},
            positive=positive,
            where=where,
            bilm=bilm,
            layer=layer,
            pooling=pooling,
            engine=engine_choice(elmo_engine, allennlp_python),
            jobs=jobs,
            force=force,
            progress=progress,
        )
    subjects = ", ".join(f"{count} {label}" for label, count in trained.subjects.items())
    say(quiet, f"Trained on {subjects} subjects; inner AUC {trained.inner_auc:.3f}, threshold {trained.threshold:.3f}")
    say(quiet, f"Wrote {model_dir}")
