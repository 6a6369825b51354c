"""Commands on language models: pretrain, perplexity, models."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from adscreen.cli.app import command, models
from adscreen.cli.options import (
    EngineOptions,
    JsonOpt,
    QuietOpt,
    SeedOpt,
    print_json,
    print_table,
    say,
    show_progress,
)
from adscreen.cli.panels import output_argument
from adscreen.errors import InputError
from adscreen.pretrain.settings import PretrainSettings

DEFAULT = PretrainSettings()


@command()
def pretrain(
    corpus_dir: Annotated[Path, typer.Argument(help="Folder of .txt, .txt.gz or .txt.xz files.", show_default=False)],
    model_dir: Annotated[Path, output_argument(help="biLM folder to write.", show_default=False)],
    tokens: Annotated[int, typer.Option(min=1000, help="Training tokens to see.")] = DEFAULT.tokens,
    vocabulary_size: Annotated[int, typer.Option(min=100, help="Words of the softmax.")] = DEFAULT.vocabulary_size,
    dim: Annotated[int, typer.Option(min=8, help="LSTM cell size.")] = DEFAULT.dim,
    projection_dim: Annotated[int, typer.Option(min=4, help="Size of a direction's state.")] = DEFAULT.projection_dim,
    batch_tokens: Annotated[int, typer.Option(min=32, help="Tokens a batch.")] = DEFAULT.tokens_per_batch,
    negatives: Annotated[int, typer.Option(min=8, help="Sampled softmax words a batch.")] = DEFAULT.negatives,
    learning_rate: Annotated[float, typer.Option(min=1e-6, help="Peak learning rate of Adam.")] = DEFAULT.learning_rate,
    dropout: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="Dropped share of the top states.")
    ] = DEFAULT.dropout,
    start: Annotated[str | None, typer.Option(help="A biLM to go on from: a folder, or `bundled`.")] = None,
    weight: Annotated[
        list[str] | None, typer.Option(metavar="<str>", help="Passes of a source per epoch: NAME=2.5.")
    ] = None,
    float32: Annotated[bool, typer.Option("--float32", help="No bfloat16 products.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="Processor threads.")] = 2,
    seed: SeedOpt = None,
    quiet: QuietOpt = False,
) -> None:
    """Train a biLM on text and write it in AllenNLP's format (needs the extra `torch`).

    A run that was stopped goes on from its checkpoint in MODEL_DIR when the same command is given again.

    Example: adscreen pretrain texts my-bilm --tokens 20000000
    """
    _require_torch()
    from adscreen.bundled import bilm_folder
    from adscreen.pretrain.run import run_pretraining

    settings = PretrainSettings(
        tokens=tokens,
        vocabulary_size=vocabulary_size,
        dim=dim,
        projection_dim=projection_dim,
        tokens_per_batch=batch_tokens,
        negatives=negatives,
        learning_rate=learning_rate,
        dropout=dropout,
        bfloat16=not float32,
        seed=DEFAULT.seed if seed is None else seed,
        source_weights=_weights(weight or []),
    )
    with show_progress(quiet) as progress:
        before = bilm_folder(start) if start else None
        validation = run_pretraining(corpus_dir, model_dir, settings, start=before, threads=threads, progress=progress)
    if not quiet:
        print_table(validation)
        print(f"Wrote {model_dir}")


@command()
def perplexity(
    model: Annotated[str, typer.Argument(help="A biLM folder, or `bundled`.", show_default=False)],
    files: Annotated[list[Path], typer.Argument(help="Transcripts: CHAT or plain text.", show_default=False)],
    engine: EngineOptions,
    view: Annotated[str, typer.Option(help="spoken or fluent.")] = "spoken",
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Print forward, backward and joint perplexity of every participant sentence; a likelier one has a lower value.

    Example: adscreen perplexity bundled S001-0.cha
    """
    from adscreen.studies.perplexity_run import perplexity_table

    if view not in ("spoken", "fluent"):
        raise InputError(f"unknown view {view!r}", where="--view", remedy="use spoken or fluent")
    table = perplexity_table(model, files, view=view, engine=engine.choice())  # type: ignore[arg-type]
    if json:
        print_json(table)
    elif not quiet:
        print_table(table)


@command("list", group=models)
def list_models(quiet: QuietOpt = False, json: JsonOpt = False) -> None:
    """List the published biLMs that can be fetched. (The bundled one needs no fetching.)

    Example: adscreen models list
    """
    from adscreen.bilm.published import list_published

    rows = list_published()
    if json:
        print_json(rows)
    elif not quiet:
        print_table(rows)


@command("fetch", group=models)
def fetch_model(
    name: Annotated[str, typer.Argument(help="small, medium, original or 5.5B.", show_default=False)],
    out: Annotated[Path | None, output_argument(help="Folder to write [NAME].", show_default=False)] = None,
    embedding_only: Annotated[
        bool, typer.Option("--embedding-only", help="Leave out softmax and vocabulary (no perplexity then).")
    ] = False,
    quiet: QuietOpt = False,
) -> None:
    """Fetch a published biLM; the one command that uses the network. It says addresses and sizes, resumes, and checks.

    Where no SHA-256 is published, that of the first download is recorded in SHA256SUMS and checked ever after.

    Example: adscreen models fetch original elmo-original
    """
    from adscreen.bilm.published import ask_size, fetch, files_of, find_published

    model = find_published(name)
    files = files_of(model, embedding_only=embedding_only)
    for file in files:  # whatever --quiet says: what the network is used for is never silent
        size = ask_size(file)
        print(f"{file.name}: {file.address} ({'size unknown' if size is None else f'{size:,} bytes'})", file=sys.stderr)
    folder = out or Path(model.name)
    with show_progress(quiet) as progress:
        fetch(model, files, folder, progress=progress)
    say(quiet, f"Wrote {folder}; use it with --bilm {folder}")


@command("verify", group=models)
def verify_model(
    path: Annotated[Path, typer.Argument(help="A biLM folder.", show_default=False)],
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Check a biLM folder: every file against its SHA-256, and that options and weights belong together.

    Example: adscreen models verify elmo-original
    """
    from adscreen.bilm.published import verify

    rows = verify(path)
    if json:
        print_json(rows)
    elif not quiet:
        print_table(rows)


def _require_torch() -> None:
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise InputError("pretraining needs PyTorch", where="pretrain", remedy="pip install 'adscreen[torch]'")


def _weights(pairs: list[str]) -> dict[str, float]:
    weights = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        try:
            weights[name] = float(value)
        except ValueError as error:
            raise InputError(f"{pair!r} is not NAME=NUMBER", where="--weight", remedy="write changelog=0.5") from error
        if not weights[name] >= 0:
            raise InputError(f"{pair!r} is below 0", where="--weight", remedy="give 0 or more")
    return weights
