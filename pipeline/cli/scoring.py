"""Commands that score: score."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import app
from pipeline.cli.options import (
    AllenNLPOpt,
    BilmOpt,
    EngineOpt,
    ForceOpt,
    JobsOpt,
    JsonOpt,
    OutArg,
    QuietOpt,
    WhereOpt,
    engine_choice,
    print_json,
    print_table,
    show_progress,
)


@app.command()
def score(
    model_dir: Annotated[Path, typer.Argument(help="Model folder.", show_default=False)],
    inputs: Annotated[list[Path], typer.Argument(help="A manifest, or transcripts.", show_default=False)],
    out: OutArg,
    where: WhereOpt = None,
    bilm: BilmOpt = None,
    elmo_engine: EngineOpt = "numpy",
    allennlp_python: AllenNLPOpt = None,
    min_words: Annotated[int | None, typer.Option(min=1, help="Fewest words scored [as in training].")] = None,
    allow_training_subjects: Annotated[
        bool, typer.Option("--allow-training-subjects", help="Score subjects of the training data too, marked.")
    ] = False,
    jobs: JobsOpt = 1,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Score a held-out cohort: scores.csv, scores.parquet and one report per recording.

    Example: adscreen score model held_out.csv scores
    """
    from pipeline.studies.scoring import run_scoring

    with show_progress(quiet) as progress:
        counts = run_scoring(
            model_dir,
            inputs,
            out,
            where=where,
            bilm=bilm,
            engine=engine_choice(elmo_engine, allennlp_python),
            minimum_words=min_words,
            allow_training_subjects=allow_training_subjects,
            jobs=jobs,
            force=force,
            progress=progress,
        )
    if json:
        print_json(counts)
    elif not quiet:
        print_table(counts)
        print(f"Scores:  {out / 'scores.csv'}\nReports: open {out / 'report' / 'index.html'} in a browser")
