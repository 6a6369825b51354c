"""Sentences -> biLM states and log-probabilities, in NumPy: char ids -> char-CNN -> highway -> two LSTMs -> softmax.

Peters et al. 2018 (ELMo); Józefowicz et al. 2016 (char-CNN, projected LSTM with clips). Sizes: U word types, C
characters, F filters, P token and state size, D cell size, T steps, V vocabulary.

A sentence starts from zero states and is read by itself. Its bytes do not depend on what else is read: every matrix
product has the same fixed number of rows (short batches are padded), so that a row always meets the same kernel, and
BLAS runs on one thread; the two directions run beside each other instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.bilm.characters import BOUNDARY_BEGIN, BOUNDARY_END, PADDING, character_ids
from pipeline.bilm.files import DIRECTIONS, UNKNOWN, Array, BiLMFiles, Options, Softmax, Weights, cell_name
from pipeline.errors import InputError

ROWS = 64  # rows of every matrix product
VOCABULARY_CHUNK = 20_480  # softmax columns at a time: bounds memory for published vocabularies of 793,471 words
TYPE_CACHE_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Reading:
    """What the biLM makes of one sentence of n words.

    ``layers`` (L + 1, n, 2P): the token vector twice, then each layer's forward and backward state; boundaries left
    out. ``forward`` (n + 1,) log-probabilities of w1..wn and </S>; ``backward`` (n + 1,) of wn..w1 and <S>; natural
    logarithm; None where they were not asked for. ``out_of_vocabulary`` counts words scored as <UNK>.
    """

    layers: Array
    forward: NDArray[np.float64] | None = None
    backward: NDArray[np.float64] | None = None
    out_of_vocabulary: int = 0


@dataclass(slots=True)
class State:
    """Cell (ROWS, D) and output (ROWS, P) of each layer of one direction."""

    cells: list[Array]
    outputs: list[Array]


class BiLM:
    """A biLM ready to read sentences. Holds the weights and a bounded cache of word-type vectors."""

    def __init__(self, files: BiLMFiles) -> None:
        self.files = files
        self.options: Options = files.options
        self.encoder = WordEncoder(files.weights, files.options)
        self.layers = [
            [
                LSTMLayer(files.weights, cell_name(direction, layer), files.options)
                for layer in range(self.options.n_layers)
            ]
            for direction in DIRECTIONS
        ]

    @property
    def size(self) -> int:
        """The size 2P of one layer's vector of a word."""
        return 2 * self.options.projection_dim

    def normalise(self, words: Sequence[str]) -> list[str]:
        """Return the words as this biLM was trained to read them."""
        return [word.lower() for word in words] if self.files.lowercase else list(words)

    def read(self, sentences: Sequence[Sequence[str]], *, log_probabilities: bool = False) -> list[Reading]:
        """Read each sentence by itself, in any order; return one Reading each, in the order given.

        Raises:
            InputError: log-probabilities are asked of a model without softmax and vocabulary.
        """
        if log_probabilities and self.files.softmax is None:
            raise InputError(
                "this biLM has no softmax.hdf5 and vocabulary.txt, so it gives no perplexity",
                where=self.files.name,
                remedy="add both files (published weights come without them) or use it for embedding only",
            )
        words = [self.normalise(sentence) for sentence in sentences]
        order = sorted((k for k in range(len(words)) if words[k]), key=lambda k: -len(words[k]))
        readings = {k: self._empty(log_probabilities) for k in range(len(words)) if not words[k]}
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(len(DIRECTIONS)) as threads:
            for start in range(0, len(order), ROWS):
                batch = order[start : start + ROWS]
                read = self._read_batch([words[k] for k in batch], threads, log_probabilities)
                readings.update(zip(batch, read, strict=True))
        return [readings[k] for k in range(len(words))]

    def _empty(self, log_probabilities: bool) -> Reading:
        layers = np.zeros((self.options.n_layers + 1, 0, self.size), dtype=np.float32)
        nothing = np.zeros(0) if log_probabilities else None
        return Reading(layers, nothing, nothing)

    def _read_batch(
        self, sentences: list[list[str]], threads: ThreadPoolExecutor, log_probabilities: bool
    ) -> list[Reading]:
        """Read at most ROWS sentences, longest first."""
        types = sorted({word for words in sentences for word in words})
        types += [BOUNDARY_BEGIN, BOUNDARY_END]
        vectors = self.encoder.encode(types)  # (U, P)
        numbers = {word: number for number, word in enumerate(types)}
        rows = [[numbers[BOUNDARY_BEGIN], *(numbers[w] for w in words), numbers[BOUNDARY_END]] for words in sentences]
        states = list(threads.map(lambda direction: self.run_direction(direction, vectors, rows)[0], DIRECTIONS))
        scores = (
            list(threads.map(lambda direction: self._score(direction, states[direction], sentences), DIRECTIONS))
            if log_probabilities
            else None
        )
        return [self._reading(k, words, vectors[rows[k]], states, scores) for k, words in enumerate(sentences)]

    def _reading(
        self,
        k: int,
        words: list[str],
        vectors: Array,
        states: list[Array],
        scores: list[list[NDArray[np.float64]]] | None,
    ) -> Reading:
        n = len(words)
        forward = states[0][:, 1 : n + 1, k]  # (L, n, P), after <S>
        backward = states[1][:, n:0:-1, k]  # turned back into sentence order
        tokens = np.concatenate([vectors[1:-1], vectors[1:-1]], axis=1)[None]
        layers = np.concatenate([tokens, np.concatenate([forward, backward], axis=2)])
        if scores is None or self.files.softmax is None:
            return Reading(layers)
        known = self.files.softmax.index
        return Reading(layers, scores[0][k], scores[1][k], sum(word not in known for word in words))

    def run_direction(
        self, direction: int, vectors: Array, rows: list[list[int]], state: State | None = None
    ) -> tuple[Array, State]:
        """Run one direction's layers over at most ROWS rows of type numbers, longest first.

        Returns states (L, T, ROWS, P) in reading order, and where each row ended.
        """
        ordered = rows if direction == 0 else [row[::-1] for row in rows]
        lengths = np.array([len(row) for row in ordered])
        steps = int(lengths[0])
        words = np.zeros((steps, ROWS), dtype=np.intp)
        for column, row in enumerate(ordered):
            words[: len(row), column] = row
        active = [int((lengths > step).sum()) for step in range(steps)]
        layers = self.layers[direction]
        state = state or self.initial_state()
        outputs = np.zeros((len(layers), steps, ROWS, self.options.projection_dim), dtype=np.float32)
        for number, layer in enumerate(layers):
            if number == 0:
                gates = layer.input_gates(vectors)  # (U, 4D), computed once a type
                gates_at = partial(_take, gates, words)
            else:
                gates_at = partial(_gates_of_step, layer, outputs[number - 1])
            layer.run(gates_at, active, state.cells[number], state.outputs[number], outputs[number])
            if number and self.options.use_skip_connections:
                outputs[number] += outputs[number - 1]
        return outputs, state

    def initial_state(self) -> State:
        """Return the zero state from which every sentence starts."""
        count, cell, size = self.options.n_layers, self.options.dim, self.options.projection_dim
        return State(
            [np.zeros((ROWS, cell), dtype=np.float32) for _ in range(count)],
            [np.zeros((ROWS, size), dtype=np.float32) for _ in range(count)],
        )

    def _score(self, direction: int, states: Array, sentences: list[list[str]]) -> list[NDArray[np.float64]]:
        """Return each sentence's log-probabilities in reading order, the last one that of the closing boundary."""
        softmax = self.files.softmax
        assert softmax is not None
        targets, tops = [], []
        for k, words in enumerate(sentences):
            ordered = [*words, BOUNDARY_END] if direction == 0 else [*words[::-1], BOUNDARY_BEGIN]
            targets += [softmax.index.get(word, softmax.index[UNKNOWN]) for word in ordered]
            tops.append(states[-1, : len(ordered), k])
        scores = log_softmax_at(np.concatenate(tops), np.array(targets), softmax)
        return np.split(scores, np.cumsum([len(words) + 1 for words in sentences])[:-1])


class WordEncoder:
    """Word types -> vectors (U, P): char-CNN, max over time, highway, projection; each type computed once."""

    def __init__(self, weights: Weights, options: Options) -> None:
        self.weights, self.options = weights, options
        self.cache: dict[str, Array] = {}
        self.capacity = TYPE_CACHE_BYTES // (4 * options.projection_dim)

    def encode(self, types: Sequence[str]) -> Array:
        """Return the vectors (U, P) of the types."""
        new = [word for word in types if word not in self.cache]
        if len(self.cache) + len(new) > self.capacity:
            self.cache.clear()
            new = list(types)
        ids = character_ids(new, max_characters=self.options.max_characters)
        for start in range(0, len(new), ROWS):
            vectors = self._encode(_padded(ids[start : start + ROWS], PADDING))
            self.cache.update(zip(new[start : start + ROWS], vectors, strict=False))
        return np.stack([self.cache[word] for word in types])

    def _encode(self, ids: NDArray[np.int32]) -> Array:
        weights, options = self.weights, self.options
        embedded = weights["char_embed"][ids]  # (U, C, E)
        maxima = []
        for number, (width, count) in enumerate(options.filters):
            kernel = weights[f"CNN/W_cnn_{number}"].reshape(-1, count)  # (width E, n)
            windows = np.lib.stride_tricks.sliding_window_view(embedded, width, axis=1)  # (U, C', E, width)
            flat = np.ascontiguousarray(windows.transpose(0, 1, 3, 2)).reshape(-1, kernel.shape[0])
            convolved = (flat @ kernel).reshape(len(ids), -1, count)  # (U, C', n)
            maxima.append(convolved.max(axis=1) + weights[f"CNN/b_cnn_{number}"])
        x = np.concatenate(maxima, axis=1)  # (U, F)
        x = np.maximum(x, 0) if options.activation == "relu" else np.tanh(x)
        for number in range(options.n_highway):
            prefix = f"CNN_high_{number}"
            carry = _sigmoid(x @ weights[f"{prefix}/W_carry"] + weights[f"{prefix}/b_carry"])
            changed = np.maximum(x @ weights[f"{prefix}/W_transform"] + weights[f"{prefix}/b_transform"], 0)
            x = carry * changed + (1 - carry) * x
        vectors: Array = x @ weights["CNN_proj/W_proj"] + weights["CNN_proj/b_proj"]
        return vectors


class LSTMLayer:
    """One LSTM layer with projection and clips. Gate order i, j, f, o.

    c = clip(sigmoid(f + 1) c + sigmoid(i) tanh(j)); h = clip((sigmoid(o) tanh(c)) W_P). Since
    sigmoid(x) = (1 + tanh(x / 2)) / 2, the weights of i, f and o are halved once (exactly) and one tanh serves all.
    """

    def __init__(self, weights: Weights, name: str, options: Options) -> None:
        self.options = options
        size, cell = options.projection_dim, options.dim
        halve = np.repeat(np.array([0.5, 1.0, 0.5, 0.5], dtype=np.float32), cell)
        bias = weights[f"{name}/B"].copy()
        bias[2 * cell : 3 * cell] += 1.0
        self.inputs = np.ascontiguousarray(weights[f"{name}/W_0"][:size] * halve)  # (P, 4D)
        self.recurrent = np.ascontiguousarray(weights[f"{name}/W_0"][size:] * halve)  # (P, 4D)
        self.bias = bias * halve
        self.projection = weights[f"{name}/W_P_0"]  # (D, P)

    def input_gates(self, x: Array) -> Array:
        """Return x W + b (U, 4D), ROWS rows at a time."""
        blocks = [self.gates_of(_padded(x[start : start + ROWS], 0)) for start in range(0, len(x), ROWS)]
        return np.concatenate(blocks)[: len(x)]

    def gates_of(self, x: Array) -> Array:
        """Return x W + b (ROWS, 4D)."""
        gates: Array = x @ self.inputs
        gates += self.bias
        return gates

    def run(
        self, gates_at: Callable[[int], Array], active: list[int], cells: Array, hidden: Array, outputs: Array
    ) -> None:
        """Fill outputs (T, ROWS, P) and move cells (ROWS, D) and hidden (ROWS, P) on, in place.

        ``gates_at`` gives a step's input gates (ROWS, 4D). ``active`` counts the rows that have not ended at each
        step; the others keep their last state.
        """
        cell, (cell_clip, proj_clip) = self.options.dim, (self.options.cell_clip, self.options.proj_clip)
        product = np.empty((ROWS, 4 * cell), dtype=np.float32)
        squashed = np.zeros((ROWS, cell), dtype=np.float32)
        for step, n in enumerate(active):
            np.matmul(hidden, self.recurrent, out=product)  # (ROWS, P) @ (P, 4D)
            product += gates_at(step)
            gates = product[:n]
            np.tanh(gates, out=gates)
            for start in (0, 2 * cell, 3 * cell):
                gate = gates[:, start : start + cell]
                gate *= 0.5
                gate += 0.5
            c = cells[:n]
            c *= gates[:, 2 * cell : 3 * cell]
            gates[:, cell : 2 * cell] *= gates[:, :cell]
            c += gates[:, cell : 2 * cell]
            if cell_clip is not None:
                np.clip(c, -cell_clip, cell_clip, out=c)
            np.tanh(c, out=squashed[:n])
            squashed[:n] *= gates[:, 3 * cell :]
            projected = squashed @ self.projection  # (ROWS, D) @ (D, P)
            if proj_clip is not None:
                np.clip(projected, -proj_clip, proj_clip, out=projected)
            hidden[:n] = projected[:n]
            outputs[step, :n] = projected[:n]


def _take(gates: Array, words: NDArray[np.intp], step: int) -> Array:
    taken: Array = gates[words[step]]
    return taken


def _gates_of_step(layer: LSTMLayer, below: Array, step: int) -> Array:
    return layer.gates_of(below[step])


def log_softmax_at(states: Array, targets: NDArray[np.intp], softmax: Softmax) -> NDArray[np.float64]:
    """Return log p(target | state), shape (N,), natural logarithm, of states (N, P) over the whole vocabulary.

    The normaliser is accumulated in float64 over chunks of the vocabulary, so memory does not grow with V.
    """
    result = np.empty(len(states))
    for start in range(0, len(states), ROWS):
        block = _padded(states[start : start + ROWS], 0)
        n = min(ROWS, len(states) - start)
        wanted = targets[start : start + n]
        total = _log_normaliser(block, softmax)[:n]
        logits = np.einsum("np,np->n", block[:n], softmax.weights[wanted], dtype=np.float64) + softmax.bias[wanted]
        result[start : start + n] = logits - total
    return result


def _log_normaliser(block: Array, softmax: Softmax) -> NDArray[np.float64]:
    total = np.full(len(block), -np.inf)
    for chunk, bias in _vocabulary_chunks(softmax):
        logits = block @ chunk.T  # (ROWS, P) @ (P, V') -> (ROWS, V')
        logits += bias
        peak = logits.max(axis=1, keepdims=True)
        logits -= peak
        np.exp(logits, out=logits)
        total = np.logaddexp(total, np.log(logits.sum(axis=1, dtype=np.float64)) + peak[:, 0])
    return total


def _vocabulary_chunks(softmax: Softmax) -> Iterator[tuple[Array, Array]]:
    for start in range(0, len(softmax.bias), VOCABULARY_CHUNK):
        rows = slice(start, start + VOCABULARY_CHUNK)
        yield softmax.weights[rows], softmax.bias[rows]


def _padded(rows: NDArray[Any], value: float) -> NDArray[Any]:
    """Return the rows with others of ``value`` below, ROWS in all."""
    if len(rows) == ROWS:
        return rows
    padded = np.full((ROWS, *rows.shape[1:]), value, dtype=rows.dtype)
    padded[: len(rows)] = rows
    return padded


def _sigmoid(x: Array) -> Array:
    half: Array = np.tanh(x * np.float32(0.5))
    return half * np.float32(0.5) + np.float32(0.5)
