"""Sentences -> biLM states in PyTorch, on a GPU where there is one, with the very module that pretraining trains."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from adscreen.bilm.activations import read_by
from adscreen.bilm.characters import BOUNDARY_BEGIN, BOUNDARY_END, character_ids
from adscreen.bilm.engine import TYPE_CACHE_BYTES, Reading
from adscreen.bilm.format import DIRECTIONS, BiLMFiles
from adscreen.bilm.torch_model import TorchBiLM

TYPES = 512  # word types encoded together


class TorchReader:
    """A biLM in PyTorch, ready to read sentences. Holds the weights and a bounded cache of word-type vectors."""

    def __init__(self, files: BiLMFiles, *, threads: int = 2, device: str | None = None) -> None:
        torch.set_num_threads(threads)
        self.files = files
        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self.model = TorchBiLM(files.options)
        for name, array in self.model.arrays.items():
            array.data.copy_(torch.from_numpy(files.weights[name]))
        self.model.requires_grad_(False).to(self.device)
        self.cache: dict[str, Tensor] = {}
        self.capacity = TYPE_CACHE_BYTES // (4 * files.options.projection_dim)

    def read(self, sentences: Sequence[Sequence[str]], *, log_probabilities: bool = False) -> list[Reading]:
        """Read each sentence by itself, in any order; return one Reading each, in the order given.

        Raises:
            InputError: log-probabilities are asked of a model without softmax and vocabulary.
        """
        with torch.inference_mode():
            return read_by(self._run, sentences, self.files, log_probabilities=log_probabilities)

    def _run(self, sentences: list[list[str]]) -> list[NDArray[np.float32]]:
        """Return the layers (L + 1, n + 2, 2P) of each sentence, boundaries included, in sentence order."""
        rows = [[BOUNDARY_BEGIN, *words, BOUNDARY_END] for words in sentences]
        types = sorted(set(chain.from_iterable(rows)))
        vectors = self._encode(types)  # (U, P)
        numbers = {word: number for number, word in enumerate(types)}
        numbered = [[numbers[word] for word in row] for row in rows]
        forward, backward = (self._run_direction(direction, vectors, numbered) for direction in DIRECTIONS)
        tokens = vectors.cpu().numpy()
        layers = []
        for k, row in enumerate(numbered):
            both = [forward[:, : len(row), k], backward[:, : len(row), k][:, ::-1]]  # turned back into sentence order
            layers.append(np.concatenate([np.tile(tokens[row], 2)[None], np.concatenate(both, axis=2)]))
        return layers

    def _run_direction(self, direction: int, vectors: Tensor, rows: list[list[int]]) -> NDArray[np.float32]:
        """Return states (L, T, B, P) in reading order."""
        words = torch.zeros(max(map(len, rows)), len(rows), dtype=torch.long)
        for column, row in enumerate(rows):
            words[: len(row), column] = torch.tensor(row if direction == 0 else row[::-1])
        states = self.model.read_layers(vectors[words.to(self.device)], direction)
        result: NDArray[np.float32] = torch.stack(states).cpu().numpy()
        return result

    def _encode(self, types: list[str]) -> Tensor:
        new = [word for word in types if word not in self.cache]
        if len(self.cache) + len(new) > self.capacity:
            self.cache.clear()
            new = types
        new = sorted(new, key=len)
        for start in range(0, len(new), TYPES):
            some = new[start : start + TYPES]
            ids = character_ids(some, max_characters=self.files.options.max_characters)
            self.cache.update(zip(some, self.model.encode(torch.from_numpy(ids).to(self.device)), strict=True))
        return torch.stack([self.cache[word] for word in types])
