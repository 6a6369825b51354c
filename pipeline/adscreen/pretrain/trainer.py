"""Batches -> optimiser steps: the losses, exact validation and checkpoints of a biLM in training.

Objective of Peters et al. 2018 (sum of the forward and backward log-likelihoods), with the sampled softmax of
Jean et al. 2015 during training and the exact softmax for validation. Each sentence starts from zero states, which is
how scoring reads it.
"""

from __future__ import annotations

import math
import pickle
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from adscreen.bilm.characters import BOUNDARY_BEGIN, BOUNDARY_END
from adscreen.bilm.corpus import Corpus, choose_vocabulary
from adscreen.bilm.format import UNKNOWN, BiLMFiles, Softmax
from adscreen.bilm.torch_model import TorchBiLM
from adscreen.errors import InputError
from adscreen.pretrain.batches import Batch, BatchMaker
from adscreen.pretrain.sampled_softmax import PROPOSAL_POWER, SampledSoftmax, inclusion_probabilities
from adscreen.pretrain.settings import PICTURE_WORDS, PretrainSettings


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
        self.proposal = torch.softmax(PROPOSAL_POWER * self.bias.detach(), dim=0)
        self.inclusion = inclusion_probabilities(self.proposal, settings.negatives)
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
        loss = self._sampled_loss(torch.cat(states), torch.cat(_targets(batch)), negatives)
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
        """Return the cross-entropy of the target among itself and the shared negatives, corrected for their draw."""
        shift = (self.bias - torch.log(self.inclusion))[:, None]
        places = torch.full((len(self.vocabulary),), -1)
        places[negatives] = torch.arange(len(negatives))
        loss: Tensor = SampledSoftmax.apply(
            states,
            functional.embedding(targets, self.softmax),
            functional.embedding(targets, shift)[:, 0],
            functional.embedding(negatives, self.softmax),
            functional.embedding(negatives, shift)[:, 0],
            places[targets],
            self.model.dtype,
        )
        return loss

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
            where="start=",
            remedy=f"use dim= {start.options.dim} and projection_dim= {start.options.projection_dim}, or another biLM",
        )
    if start.softmax is None:
        raise InputError("the biLM to start from has no softmax", where="start=", remedy="give one that has")
    return start.softmax


def _targets(batch: Batch) -> list[Tensor]:
    return [torch.from_numpy(target.ravel()[target.ravel() >= 0]) for target in batch.targets]
