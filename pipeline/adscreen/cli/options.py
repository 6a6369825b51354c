"""Options and output that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

ManifestArg = Annotated[Path, typer.Argument(help="Cohort manifest: CSV, TSV, Parquet or Excel.", show_default=False)]
OutArg = Annotated[Path, typer.Argument(help="Folder to write; must not exist yet.", show_default=False)]
WhereOpt = Annotated[str | None, typer.Option("--where", help="Use only rows that meet this: 'mmse >= 20'.")]
PositiveOpt = Annotated[str | None, typer.Option("--positive", help="The label that is the case [not `control`].")]
BilmOpt = Annotated[Path | None, typer.Option("--bilm", help="biLM folder [the bundled speech-bilm].")]
LayerOpt = Annotated[str, typer.Option("--layer", help="biLM layer: mean, 0, 1, 2, or a weight each: 0.2,0.3,0.5.")]
PoolingOpt = Annotated[str, typer.Option("--pooling", help="From words to a recording: mean or mean+max.")]
TaskFileOpt = Annotated[
    list[Path] | None,
    typer.Option("--task-file", help="Information units of a picture or story (TOML); may be repeated."),
]
NormsOpt = Annotated[
    list[Path] | None,
    typer.Option("--norms", help="Word norms, CSV or TSV: word,aoa; each column becomes features. May be repeated."),
]
SpacyModelOpt = Annotated[
    str, typer.Option("--spacy-model", help="Tagger and parser: bundled, an installed spaCy pipeline, or its folder.")
]
EngineOpt = Annotated[str, typer.Option("--elmo-engine", help="numpy, torch or allennlp; they agree.")]
AllenNLPOpt = Annotated[
    Path | None,
    typer.Option("--allennlp-python", help="Interpreter of the engine allennlp [.venv-allennlp, built by make]."),
]
CacheOpt = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        envvar="ADSCREEN_CACHE",
        help="Folder that keeps what was read of transcripts, so that the next run is quick. It holds their words.",
    ),
]
MembersOpt = Annotated[
    str | None,
    typer.Option(
        "--members",
        help="What the estimator is made of: adscreen, paper, or blocks joined by + and set apart by commas, such as "
        "doc2vec+elmo,paired. [adscreen]",
    ),
]
MinSensitivityOpt = Annotated[
    float | None,
    typer.Option("--min-sensitivity", help="Threshold with at least this sensitivity on inner folds [Youden's index]."),
]
ThresholdOpt = Annotated[float | None, typer.Option("--threshold", help="Threshold, a probability [Youden's index].")]
ConfigOpt = Annotated[
    Path | None, typer.Option("--config", help="study.toml: folds, [search] ... (all: adscreen settings)")
]
JobsOpt = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes to use; changes no result.")]
SeedOpt = Annotated[int | None, typer.Option("--seed", min=0, help="Seed of everything random [0].")]
ForceOpt = Annotated[bool, typer.Option("--force", help="Replace a run that is there.")]
QuietOpt = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
JsonOpt = Annotated[bool, typer.Option("--json", help="Print the table as JSON.")]


def engine_choice(name: str, allennlp_python: Path | None) -> Any:
    """Return the biLM engine that the options name."""
    from adscreen.bilm.engines import EngineChoice

    return EngineChoice(name, allennlp_python)


def show_progress(quiet: bool) -> Any:
    """Return progress bars on standard error, none where quiet."""
    from adscreen.progress import Progress

    return Progress(shown=not quiet)


def say(quiet: bool, line: str) -> None:
    """Print a line unless quiet."""
    if not quiet:
        print(line)


def as_rows(table: Any) -> list[dict[str, Any]]:
    """Return a table, a frame or a list of rows, as rows."""
    return table if isinstance(table, list) else table.to_dict("records")


def print_json(table: Any) -> None:
    """Print a table as JSON."""
    from adscreen.writing import as_json

    print(as_json(as_rows(table)))


def print_table(table: Any) -> None:
    """Print a table for people."""
    from adscreen.cli.printing import print_rows

    print_rows(as_rows(table))
