"""Text -> a biLM in AllenNLP's format: trains the char-CNN, both LSTM directions and a shared softmax.

Objective of Peters et al. 2018 (sum of the forward and backward log-likelihoods), with the sampled softmax of
Jean et al. 2015 during training and the exact softmax for validation. Each sentence starts from zero states, which is
how scoring reads it. Needs PyTorch (extra ``torch``).
"""

from __future__ import annotations

import hashlib
import json
import math
import pickle
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from pipeline import __version__
from pipeline.bilm.characters import BOUNDARY_BEGIN, BOUNDARY_END, character_ids
from pipeline.bilm.corpus import Corpus, choose_vocabulary, epoch_batches, read_corpus, text_files
from pipeline.bilm.files import UNKNOWN, BiLMFiles, Options, Softmax, digest_files, model_files, read_bilm, write_bilm
from pipeline.bilm.torch_model import TorchBiLM
from pipeline.errors import InputError
from pipeline.progress import Progress

SPEECH_FILTERS = ((1, 32), (2, 32), (3, 64), (4, 128), (5, 256))
PICTURE_WORDS = (
    "apron boy brother children cookie cookies counter cup cups cupboard cupboards curtain curtains dish dishcloth "
    "dishes drapes dripping drying dries exterior falling faucet floor garden girl grass house indifferent jar "
    "kitchen ladder laughing lid mother overflow overflowing overflows path plate plates puddle reaching running "
    "sink sister spigot spilling stealing stool tap tipping towel tree unconcerned washing water window wiping "
    "woman yard"
).split()


@dataclass(frozen=True, slots=True)
class PretrainSettings:
    """Everything that decides a run. ``tokens`` is the number of training tokens seen, each in both directions."""

    tokens: int = 10_000_000
    vocabulary_size: int = 20_000
    dim: int = 1024
    projection_dim: int = 128
    tokens_per_batch: int = 4096
    negatives: int = 4096
    learning_rate: float = 2e-3
    warmup_batches: int = 200
    gradient_norm: float = 5.0
    dropout: float = 0.05
    bfloat16: bool = True
    seed: int = 0
    source_weights: Mapping[str, float] = field(default_factory=dict)
    start: str = ""  # digest of the biLM whose weights training starts from; none: random ones

    def options(self) -> Options:
        """Return the biLM architecture of these settings."""
        return Options(filters=SPEECH_FILTERS, dim=self.dim, projection_dim=self.projection_dim)


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch as arrays; T counts boundaries in. Index arrays are (T, B) in reading order of the direction."""

    characters: NDArray[np.int32]  # (U, C)
    words: tuple[NDArray[np.int64], NDArray[np.int64]]  # type numbers in this batch
    targets: tuple[NDArray[np.int64], NDArray[np.int64]]  # vocabulary rows, -1 for padding
    n_tokens: int


class BatchMaker:
    """Turns (source, sentence) pairs into batches, with character ids and vocabulary rows looked up once."""

    def __init__(self, corpus: Corpus, vocabulary: list[str], *, max_characters: int) -> None:
        self.corpus = corpus
        self.characters = character_ids([*corpus.types, BOUNDARY_BEGIN, BOUNDARY_END], max_characters=max_characters)
        rows = {word: row for row, word in enumerate(vocabulary)}
        unknown = rows[UNKNOWN]
        known = [rows.get(word, unknown) for word in corpus.types]
        self.rows = np.array([*known, rows[BOUNDARY_BEGIN], rows[BOUNDARY_END]], dtype=np.int64)
        self.begin, self.end = len(corpus.types), len(corpus.types) + 1

    def make(self, pairs: list[tuple[int, int]]) -> Batch:
        """Build the batch; forward reads <S> w1..wn, backward reads </S> wn..w1; targets are one step ahead."""
        sentences = [self.corpus.sources[source].sentence(number) for source, number in pairs]
        longest = max(map(len, sentences)) + 1
        types = np.full((2, longest, len(sentences)), self.begin, dtype=np.int64)
        targets = np.full((2, longest, len(sentences)), -1, dtype=np.int64)
        for column, words in enumerate(sentences):
            n = len(words)
            types[0, 1 : n + 1, column] = words
            types[1, 0, column] = self.end
            types[1, 1 : n + 1, column] = words[::-1]
            targets[0, :n, column] = self.rows[words]
            targets[0, n, column] = self.rows[self.end]
            targets[1, :n, column] = self.rows[words[::-1]]
            targets[1, n, column] = self.rows[self.begin]
        unique, inverse = np.unique(types, return_inverse=True)
        inverse = inverse.reshape(types.shape)
        n_tokens = sum(map(len, sentences)) + len(sentences)
        return Batch(self.characters[unique], (inverse[0], inverse[1]), (targets[0], targets[1]), n_tokens)


class Trainer:
    """The state of a run: parameters, optimiser, and how far it has come."""

    def __init__(self, corpus: Corpus, settings: PretrainSettings, *, start: BiLMFiles | None = None) -> None:
        if settings.start != (start.digest if start else ""):
            raise ValueError("settings.start is not the digest of the biLM given")
        self.corpus, self.settings = corpus, settings
        self.vocabulary = (
            list(_softmax(start, settings).index)
            if start
            else choose_vocabulary(corpus, size=settings.vocabulary_size, required=PICTURE_WORDS)
        )
        if settings.negatives >= len(self.vocabulary):
            raise InputError(
                f"{settings.negatives} negatives, the vocabulary has {len(self.vocabulary)} words",
                where="pretrain",
                remedy="ask for fewer negatives",
            )
        options = settings.options()
        dtype = torch.bfloat16 if settings.bfloat16 else torch.float32
        self.model = TorchBiLM(options, seed=settings.seed, dtype=dtype)
        generator = torch.Generator().manual_seed(settings.seed + 1)
        size = (len(self.vocabulary), options.projection_dim)
        self.softmax = torch.nn.Parameter(torch.randn(size, generator=generator) * 0.05)
        self.bias = torch.nn.Parameter(self._log_unigram())
        self.proposal = torch.softmax(0.75 * self.bias.detach(), dim=0)
        if start:
            self._copy(start)
        self.maker = BatchMaker(corpus, self.vocabulary, max_characters=options.max_characters)
        self.parameters = [*self.model.parameters(), self.softmax, self.bias]
        self.optimizer = torch.optim.Adam(self.parameters, lr=settings.learning_rate, betas=(0.9, 0.98), fused=True)
        self.tokens_seen = 0
        self.batches_seen = 0

    def _copy(self, start: BiLMFiles) -> None:
        softmax = _softmax(start, self.settings)
        with torch.no_grad():
            for name, array in self.model.arrays.items():
                array.copy_(torch.from_numpy(start.weights[name]))
            self.softmax.copy_(torch.from_numpy(softmax.weights))
            self.bias.copy_(torch.from_numpy(softmax.bias))

    def _log_unigram(self) -> Tensor:
        counts = dict(zip(self.corpus.types, self.corpus.counts.tolist(), strict=True))
        n_sentences = sum(int((~source.held_out).sum()) for source in self.corpus.sources)
        marks = {BOUNDARY_BEGIN: n_sentences, BOUNDARY_END: n_sentences}
        in_vocabulary = sum(counts.get(word, 0) for word in self.vocabulary)
        marks[UNKNOWN] = int(self.corpus.counts.sum()) - in_vocabulary
        values = np.array([max(1, marks.get(word, counts.get(word, 0))) for word in self.vocabulary], dtype=np.float64)
        return torch.tensor(np.log(values / values.sum()), dtype=torch.float32)

    def step(self, batch: Batch) -> float:
        """Take one optimiser step; return the mean sampled loss per target."""
        settings = self.settings
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate * self._schedule()
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + self.batches_seen)
        negatives = torch.multinomial(self.proposal, settings.negatives, replacement=False, generator=generator)
        states = self._states(batch, generator)
        losses = [self._sampled_loss(s, t, negatives) for s, t in zip(states, _targets(batch), strict=True)]
        loss = (losses[0] + losses[1]) / 2
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, settings.gradient_norm)
        self.optimizer.step()
        self.tokens_seen += batch.n_tokens
        self.batches_seen += 1
        return float(loss.detach())

    def _schedule(self) -> float:
        """Return the share of the peak learning rate: linear warm-up, then linear decay to 2%."""
        warm = min(1.0, (self.batches_seen + 1) / self.settings.warmup_batches)
        return warm * max(0.02, 1.0 - self.tokens_seen / self.settings.tokens)

    def _states(self, batch: Batch, generator: torch.Generator | None) -> list[Tensor]:
        characters = torch.from_numpy(batch.characters).long()
        forward, backward = (torch.from_numpy(words) for words in batch.words)
        states = []
        for top, target in zip(self.model(characters, forward, backward), batch.targets, strict=True):
            kept = top.flatten(0, 1)[torch.from_numpy(target.ravel() >= 0)]
            if generator is not None and self.settings.dropout:
                keep = 1 - self.settings.dropout
                kept = kept * (torch.rand(kept.shape, generator=generator) < keep) / keep
            states.append(kept)
        return states

    def _sampled_loss(self, states: Tensor, targets: Tensor, negatives: Tensor) -> Tensor:
        """Return the cross-entropy of the target among itself and the shared negatives, log-proposal corrected."""
        dtype = self.model.dtype
        log_expected = torch.log(self.proposal * self.settings.negatives).clamp(max=0.0)
        shift = self.bias - log_expected
        true = (states * functional.embedding(targets, self.softmax)).sum(dim=1) + shift[targets]
        others = (states.to(dtype) @ self.softmax[negatives].to(dtype).T).float() + shift[negatives]
        place = torch.full((len(self.vocabulary),), -1)
        place[negatives] = torch.arange(len(negatives))
        (hits,) = torch.nonzero(place[targets] >= 0, as_tuple=True)
        others = others.index_put((hits, place[targets[hits]]), torch.tensor(-torch.inf))
        return (torch.logaddexp(true, torch.logsumexp(others, dim=1)) - true).mean()

    @torch.no_grad()
    def validate(self, *, tokens_per_source: int = 10_000) -> dict[str, float]:
        """Return the exact perplexity (both directions together) of each source's held-out blocks."""
        result = {}
        for number, source in enumerate(self.corpus.sources):
            pairs: list[tuple[int, int]] = []
            total = 0
            for sentence in np.flatnonzero(source.held_out).tolist():
                pairs.append((number, sentence))
                total += len(source.sentence(sentence)) + 1
                if total >= tokens_per_source:
                    break
            if pairs:
                result[source.name] = self._perplexity(pairs)
        return result

    def _perplexity(self, pairs: list[tuple[int, int]]) -> float:
        negative, count = 0.0, 0
        for start in range(0, len(pairs), 64):
            batch = self.maker.make(pairs[start : start + 64])
            for states, targets in zip(self._states(batch, None), _targets(batch), strict=True):
                logits = states @ self.softmax.T + self.bias
                negative += float(functional.cross_entropy(logits, targets, reduction="sum"))
                count += len(targets)
        return math.exp(negative / count)

    def save(self, path: Path) -> None:
        """Write a checkpoint from which ``load`` goes on exactly."""
        state = {
            "settings": asdict(self.settings),
            "vocabulary": self.vocabulary,
            "model": self.model.state_dict(),
            "softmax": self.softmax.data,
            "bias": self.bias.data,
            "optimizer": self.optimizer.state_dict(),
            "tokens_seen": self.tokens_seen,
            "batches_seen": self.batches_seen,
        }
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint.

        Raises:
            InputError: it is damaged, or of another run.
        """
        try:
            state = torch.load(path, weights_only=True)
        except (OSError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
            raise InputError("the checkpoint is damaged", where=str(path), remedy="remove it") from error
        if state["settings"] != asdict(self.settings):
            raise InputError(
                "the checkpoint is of a run with other settings",
                where=str(path),
                remedy="give its settings, or remove it",
            )
        if state["vocabulary"] != self.vocabulary:
            raise InputError(
                "the checkpoint is of a run on other text", where=str(path), remedy="give its corpus, or remove it"
            )
        self.model.load_state_dict(state["model"])
        self.softmax.data.copy_(state["softmax"])
        self.bias.data.copy_(state["bias"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.tokens_seen, self.batches_seen = state["tokens_seen"], state["batches_seen"]


def _softmax(start: BiLMFiles, settings: PretrainSettings) -> Softmax:
    """Return the softmax of the biLM that training starts from, which must have the architecture asked for."""
    if start.options != settings.options():
        raise InputError(
            "the biLM to start from has another architecture",
            where="--start",
            remedy=f"use --dim {start.options.dim} --projection-dim {start.options.projection_dim}, or another biLM",
        )
    if start.softmax is None:
        raise InputError("the biLM to start from has no softmax", where="--start", remedy="give one that has")
    return start.softmax


def _targets(batch: Batch) -> list[Tensor]:
    return [torch.from_numpy(target.ravel()[target.ravel() >= 0]) for target in batch.targets]


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

    ``report`` takes rows of progress and, now and then, of perplexity on 2,000 held-out tokens of each source.

    Raises:
        InputError: no source has a weight above 0, or the checkpoint is of another run.
    """
    settings = trainer.settings
    if checkpoint.exists():
        trainer.load(checkpoint)
    skip, epoch = trainer.batches_seen, 0
    losses: list[float] = []
    started = reported = saved = validated = time.monotonic()
    seen_at_start = trainer.tokens_seen
    while trainer.tokens_seen < settings.tokens:
        batches = epoch_batches(
            trainer.corpus,
            weights=settings.source_weights,
            tokens_per_batch=settings.tokens_per_batch,
            seed=settings.seed,
            epoch=epoch,
        )
        if not batches:
            raise InputError("no sentence to train on", where="pretrain", remedy="give a source a weight above 0")
        epoch += 1
        if skip >= len(batches):
            skip -= len(batches)
            continue
        for pairs in batches[skip:]:
            losses.append(trainer.step(trainer.maker.make(pairs)))
            now = time.monotonic()
            if now - reported > report_every_s:
                rate = (trainer.tokens_seen - seen_at_start) / (now - started)
                report({"tokens": trainer.tokens_seen, "loss": float(np.mean(losses)), "tokens_per_s": rate})
                losses, reported = [], now
            if now - saved > checkpoint_every_s:
                trainer.save(checkpoint)
                saved = now
            if now - validated > validate_every_s:
                report({"tokens": trainer.tokens_seen, "held_out": trainer.validate(tokens_per_source=2_000)})
                validated = now
            if trainer.tokens_seen >= settings.tokens:
                break
        skip = 0
    trainer.save(checkpoint)


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

    A stopped run goes on from ``model_dir``/checkpoint.pt. The log is ``model_dir``/training.jsonl.

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
        with (model_dir / "training.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")

    train(trainer, checkpoint=model_dir / "checkpoint.pt", report=report)
    validation = trainer.validate()
    export(trainer, model_dir, card=model_card(trainer, corpus_dir, validation, name=model_dir.name))
    write_sums(model_dir)
    (model_dir / "checkpoint.pt").unlink()
    return [{"source": name, "held_out_perplexity": value} for name, value in validation.items()]


def _check_sources(weights: Mapping[str, float], corpus: Corpus) -> None:
    known = [source.name for source in corpus.sources]
    unknown = sorted(set(weights) - set(known))
    if unknown:
        raise InputError(f"no source {unknown[0]}", where="--weight", remedy=f"use {', '.join(known)}")


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


def write_sums(folder: Path) -> None:
    """Write SHA256SUMS of a biLM folder's files."""
    lines = []
    for path in model_files(folder):
        with path.open("rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {path.name}\n")
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
