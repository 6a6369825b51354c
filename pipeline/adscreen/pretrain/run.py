"""A folder of text -> a biLM folder: the training loop, the log, the files written at the end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch

from adscreen.bilm.corpus import Corpus, epoch_batches, read_corpus, text_files
from adscreen.bilm.format import digest_files, model_files, read_bilm, write_bilm
from adscreen.checksums import sums_of, write_sums
from adscreen.errors import InputError
from adscreen.pretrain.log import append_row, write_log
from adscreen.pretrain.settings import PretrainSettings
from adscreen.pretrain.trainer import Trainer
from adscreen.progress import Progress
from adscreen.version import __version__


def train(
    trainer: Trainer,
    *,
    checkpoint: Path,
    report: Callable[[dict[str, Any]], None],
    report_every_s: float = 60.0,
    checkpoint_every_s: float = 300.0,
    validate_every_s: float = 900.0,
) -> None:
    """Train until the settings' tokens are seen; resume from ``checkpoint`` where it exists.

    ``report`` takes rows of progress and, at the start, now and then and at the end, of perplexity on 2,000 held-out
    tokens of each source.

    Raises:
        InputError: no source has a weight above 0, or the checkpoint is of another run.
    """
    if checkpoint.exists():
        trainer.load(checkpoint)
    losses: list[float] = []
    started = reported = saved = time.monotonic()
    validated = -math.inf
    seen_at_start = trainer.tokens_seen

    def validate() -> None:
        report({"tokens": trainer.tokens_seen, "held_out": trainer.validate(tokens_per_source=2_000)})

    for pairs in _remaining_batches(trainer):
        now = time.monotonic()
        if now - validated > validate_every_s:
            validate()
            validated = now
        losses.append(trainer.step(trainer.maker.make(pairs)))
        now = time.monotonic()
        if now - reported > report_every_s:
            rate = (trainer.tokens_seen - seen_at_start) / (now - started)
            report({"tokens": trainer.tokens_seen, "loss": float(np.mean(losses)), "tokens_per_s": rate})
            losses, reported = [], now
        if now - saved > checkpoint_every_s:
            trainer.save(checkpoint)
            saved = now
    trainer.save(checkpoint)
    validate()


def _remaining_batches(trainer: Trainer) -> Iterator[list[tuple[int, int]]]:
    """Yield the batches after those already seen, epoch by epoch, until the tokens asked for are seen."""
    settings, skip = trainer.settings, trainer.batches_seen
    for epoch in count():
        batches = epoch_batches(
            trainer.corpus,
            weights=settings.source_weights,
            tokens_per_batch=settings.tokens_per_batch,
            seed=settings.seed,
            epoch=epoch,
        )
        if not batches:
            raise InputError("no sentence to train on", where="pretrain", remedy="give a source a weight above 0")
        for pairs in batches[skip:]:
            if trainer.tokens_seen >= settings.tokens:
                return
            yield pairs
        skip = max(0, skip - len(batches))


def export(trainer: Trainer, folder: Path, *, card: Mapping[str, Any]) -> None:
    """Write the trained biLM to ``folder`` in AllenNLP's format."""
    folder.mkdir(parents=True, exist_ok=True)
    write_bilm(
        folder,
        trainer.model.options,
        {name: array.detach().numpy() for name, array in trainer.model.arrays.items()},
        softmax=(trainer.softmax.detach().numpy(), trainer.bias.detach().numpy()),
        vocabulary=trainer.vocabulary,
        card=card,
    )


def run_pretraining(
    corpus_dir: Path,
    model_dir: Path,
    settings: PretrainSettings,
    *,
    start: Path | None = None,
    threads: int = 2,
    progress: Progress,
) -> list[dict[str, Any]]:
    """Train on a folder of text and write a biLM folder; return the held-out perplexity of each source.

    ``start`` is the folder of a biLM whose weights and vocabulary training goes on from.

    A stopped run goes on from ``model_dir``/checkpoint.pt. Its log is ``model_dir``/training.jsonl, at the end a table
    (training.csv) and a plot (training.png) too.

    Raises:
        InputError: the corpus is unusable, the folder holds a finished biLM, or a checkpoint of other settings.
    """
    if (model_dir / "weights.hdf5").exists():
        raise InputError("already holds a biLM", where=str(model_dir), remedy="name a new folder")
    torch.set_num_threads(threads)
    corpus = read_corpus(corpus_dir)
    _check_sources(settings.source_weights, corpus)
    before = read_bilm(start) if start else None
    trainer = Trainer(corpus, replace(settings, start=before.digest if before else ""), start=before)
    model_dir.mkdir(parents=True, exist_ok=True)
    advance = progress.task("Training (tokens)", settings.tokens)
    seen = 0

    def report(row: dict[str, Any]) -> None:
        nonlocal seen
        advance(row["tokens"] - seen)
        seen = row["tokens"]
        append_row(model_dir, row)

    train(trainer, checkpoint=model_dir / "checkpoint.pt", report=report)
    validation = trainer.validate()
    export(trainer, model_dir, card=model_card(trainer, corpus_dir, validation, name=model_dir.name))
    write_sums(model_dir, sums_of(model_dir, [path.name for path in model_files(model_dir)]))
    write_log(model_dir)
    (model_dir / "checkpoint.pt").unlink()
    return [{"source": name, "held_out_perplexity": value} for name, value in validation.items()]


def _check_sources(weights: Mapping[str, float], corpus: Corpus) -> None:
    known = [source.name for source in corpus.sources]
    unknown = sorted(set(weights) - set(known))
    if unknown:
        raise InputError(f"no source {unknown[0]}", where="weight=", remedy=f"use {', '.join(known)}")


def model_card(trainer: Trainer, corpus_dir: Path, validation: Mapping[str, float], *, name: str) -> dict[str, Any]:
    """Return model.json: how text is normalised for this biLM, and how it was made."""
    return {
        "name": name,
        "version": 1,
        "lowercase": True,
        "trained_by": f"adscreen {__version__} pretrain, torch {torch.__version__}",
        "settings": asdict(trainer.settings),
        "tokens_seen": trainer.tokens_seen,
        "batches_seen": trainer.batches_seen,
        "held_out_perplexity": {source: round(value, 2) for source, value in validation.items()},
        "sources": {path.name: digest_files([path]) for path in text_files(corpus_dir)},
    }
