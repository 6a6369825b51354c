"""Sentences -> biLM states and log-probabilities, in NumPy: char ids -> char-CNN -> highway -> two LSTMs -> softmax.

Peters et al. 2018 (ELMo); Józefowicz et al. 2016 (char-CNN, projected LSTM with clips). Sizes: U word types, C
characters, E character vector, F filters, P token and state size, D cell size, T steps, B sentences, V vocabulary.

A sentence starts from zero states and is read by itself. Its bytes do not depend on what else is read, nor on threads:
a matrix product has one of a few numbers of rows whose bytes are known to agree (``adscreen.bilm.products``), and the
two directions run beside each other instead of inside BLAS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from adscreen.bilm.characters import BOUNDARY_BEGIN, BOUNDARY_END, PADDING, character_ids
from adscreen.bilm.format import DIRECTIONS, UNKNOWN, Array, BiLMFiles, Options, Softmax, Weights, cell_name
from adscreen.bilm.products import ROWS, Matrix, padded, plan
from adscreen.errors import InputError

BATCH_STEPS = 32_768  # steps times sentences of a batch: bounds memory where one utterance is very long
SOFTMAX_ROWS = 128
VOCABULARY_CHUNK = 2_048  # softmax columns at a time: memory does not grow with a vocabulary of 793,471 words
TYPES = 128  # word types encoded together
TYPE_CACHE_BYTES = 64 * 2**20
GATE_CACHE_BYTES = 128 * 2**20  # of each direction: 2,048 word types at D = 4096
AT_ONCE = 2**20  # numbers that one call works on: few calls, as two threads share one interpreter, and near the cache


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
    """A biLM ready to read sentences. Holds the weights and bounded caches of what a word type always gives."""

    def __init__(self, files: BiLMFiles, *, threads: int = 2) -> None:
        self.files = files
        self.options: Options = files.options
        self.threads = threads
        self.encoder = WordEncoder(files.weights, files.options)
        self.layers = [
            [LSTMLayer(files.weights, cell_name(direction, n), files.options) for n in range(files.options.n_layers)]
            for direction in DIRECTIONS
        ]
        self.input_gates = [InputGates(layers[0]) for layers in self.layers]
        self.openings: dict[int, tuple[State, Array]] = {}
        if files.softmax:
            for first in range(0, len(files.softmax.bias), VOCABULARY_CHUNK):  # tried while loading, not while reading
                words = len(files.softmax.bias[first : first + VOCABULARY_CHUNK])
                plan(self.options.projection_dim, words, transposed=True)

    @property
    def size(self) -> int:
        """The size 2P of one layer's vector of a word."""
        return 2 * self.options.projection_dim

    def read(self, sentences: Sequence[Sequence[str]], *, log_probabilities: bool = False) -> list[Reading]:
        """Read each sentence by itself, in any order; return one Reading each, in the order given.

        Equal sentences are read once and share a Reading.

        Raises:
            InputError: log-probabilities are asked of a model without softmax and vocabulary.
        """
        softmax = required_softmax(self.files) if log_probabilities else None
        words = [self.files.normalise(sentence) for sentence in sentences]
        different = list(dict.fromkeys(map(tuple, words)))  # speech repeats itself: "yeah", "okay"
        readings = {own: empty_reading(self.options, softmax) for own in different if not own}
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(min(self.threads, len(DIRECTIONS))) as threads:
            self._open()
            self.encoder.prepare({word for sentence in different for word in sentence}, threads)
            for batch in cut_batches(different, rows=ROWS, steps=BATCH_STEPS, types=self.input_gates[0].capacity):
                read = self._read_batch([list(different[k]) for k in batch], threads, softmax)
                readings.update(zip((different[k] for k in batch), read, strict=True))
        return [readings[tuple(own)] for own in words]

    def _read_batch(
        self, sentences: list[list[str]], threads: ThreadPoolExecutor, softmax: Softmax | None
    ) -> list[Reading]:
        """Read at most ROWS sentences, longest first."""
        types = sorted({word for words in sentences for word in words})
        vectors = self.encoder.encode(types, threads)  # (U, P)
        numbers = {word: number for number, word in enumerate(types)}
        rows = [[numbers[word] for word in words] for words in sentences]

        sizes = [(self.options.n_layers + 1, len(words), self.size) for words in sentences]
        layers = [np.empty(size, dtype=np.float32) for size in sizes]

        def run(direction: int) -> list[NDArray[np.float64]]:
            gates, places = self.input_gates[direction].of(types, vectors)
            state, opening = self._opened(direction)
            states = self._run(direction, gates, [places[row].tolist() for row in rows], state)
            half = slice(direction * self.size // 2, (direction + 1) * self.size // 2)
            for k, own in enumerate(layers):
                own[0, :, half] = vectors[rows[k]]
                read = states[:, : own.shape[1], k]
                own[1:, :, half] = read if direction == 0 else read[:, ::-1]  # in sentence order
            if softmax is None:
                return []
            tops = [np.concatenate([opening, states[-1, : len(words), k]]) for k, words in enumerate(sentences)]
            return score(tops, sentences, direction, softmax)

        forward, backward = threads.map(run, DIRECTIONS)
        if softmax is None:
            return [Reading(own) for own in layers]
        unknown = [count_unknown(words, softmax) for words in sentences]
        return [Reading(*parts) for parts in zip(layers, forward, backward, unknown, strict=True)]

    def run_direction(
        self, direction: int, vectors: Array, rows: list[list[int]], state: State | None = None
    ) -> tuple[Array, State]:
        """Run one direction's layers over at most ROWS rows of numbers of ``vectors`` (U, P), longest first.

        Returns states (L, T, B, P) in reading order, and where each row ended.
        """
        state = state or self.initial_state()
        return self._run(direction, self.layers[direction][0].gates(vectors), rows, state), state

    def _run(self, direction: int, gates: Array, rows: list[list[int]], state: State) -> Array:
        """Return states (L, T, B, P) of rows of numbers of first-layer input gates (U, 4D); move ``state`` on."""
        ordered = rows if direction == 0 else [row[::-1] for row in rows]
        lengths = np.array([len(row) for row in ordered])
        steps = int(lengths[0])
        words = np.zeros((steps, len(rows)), dtype=np.intp)
        for column, row in enumerate(ordered):
            words[: len(row), column] = row
        active = [int((lengths > step).sum()) for step in range(steps)]
        layers = self.layers[direction]
        outputs = np.zeros((len(layers), steps, len(rows), self.options.projection_dim), dtype=np.float32)
        for number, layer in enumerate(layers):
            source = _LookedUp(gates, words) if number == 0 else _Multiplied(layer, outputs[number - 1], active)
            layer.run(source.gates, active, state.cells[number], state.outputs[number], outputs[number])
            if number and self.options.use_skip_connections:
                outputs[number] += outputs[number - 1]
        return outputs

    def _open(self) -> None:
        """Read the boundary that opens every sentence, once. The closing one is only a target: n words take n steps."""
        for direction, boundary in enumerate((BOUNDARY_BEGIN, BOUNDARY_END)):
            if direction not in self.openings:
                outputs, state = self.run_direction(direction, self.encoder.encode([boundary]), [[0]])
                self.openings[direction] = state, outputs[-1, :, 0]

    def _opened(self, direction: int) -> tuple[State, Array]:
        """Return the state after the boundary that opens every sentence, and its top output (1, P)."""
        state, top = self.openings[direction]
        copies = [[np.repeat(array[:1], ROWS, axis=0) for array in arrays] for arrays in (state.cells, state.outputs)]
        return State(*copies), top

    def initial_state(self) -> State:
        """Return the zero state from which every sentence starts, its opening boundary unread."""
        count, cell, size = self.options.n_layers, self.options.dim, self.options.projection_dim
        return State(
            [np.zeros((ROWS, cell), dtype=np.float32) for _ in range(count)],
            [np.zeros((ROWS, size), dtype=np.float32) for _ in range(count)],
        )


def cut_batches(words: Sequence[Sequence[str]], *, rows: int, steps: int, types: int) -> Iterator[list[int]]:
    """Yield the numbers of sentences to read together: longest first, within ``rows``, ``steps`` and word ``types``."""
    batch: list[int] = []
    seen: set[str] = set()
    longest = 0
    for k in sorted((k for k in range(len(words)) if words[k]), key=lambda k: -len(words[k])):
        together = seen | set(words[k])
        full = len(batch) == rows or longest * (len(batch) + 1) > steps or len(together) > types
        if batch and full:
            yield batch
            batch, together = [], set(words[k])
        longest = longest if batch else len(words[k]) + 2
        batch.append(k)
        seen = together
    if batch:
        yield batch


class WordEncoder:
    """Word types -> vectors (U, P): char-CNN, max over time, highway, projection; each type computed once."""

    def __init__(self, weights: Weights, options: Options) -> None:
        self.weights, self.options = weights, options
        self.cache: dict[str, Array] = {}
        self.capacity = TYPE_CACHE_BYTES // (4 * options.projection_dim)
        names = [f"CNN/W_cnn_{number}" for number in range(len(options.filters))]
        names += [
            f"CNN_high_{number}/W_{part}" for number in range(options.n_highway) for part in ("carry", "transform")
        ]
        self.matrices = {
            name: Matrix(weights[name].reshape(-1, weights[name].shape[-1])) for name in (*names, "CNN_proj/W_proj")
        }

    def encode(self, types: Sequence[str], threads: ThreadPoolExecutor | None = None) -> Array:
        """Return the vectors (U, P) of the types."""
        new = [word for word in types if word not in self.cache]
        if len(self.cache) + len(new) > self.capacity:
            self.cache.clear()
            new = list(types)
        ids = character_ids(new, max_characters=self.options.max_characters)
        order = np.argsort((ids != PADDING).sum(axis=1), kind="stable")  # words of like length together
        blocks = [order[start : start + TYPES] for start in range(0, len(new), TYPES)]
        encoded = (threads.map if threads else map)(lambda block: self._encode(ids[block]), blocks)
        for block, vectors in zip(blocks, encoded, strict=True):
            self.cache.update((new[k], vector) for k, vector in zip(block, vectors, strict=True))
        return np.stack([self.cache[word] for word in types])

    def prepare(self, types: set[str], threads: ThreadPoolExecutor) -> None:
        """Fill the cache with the types of all that will be read, where it holds them: blocks are fuller than later."""
        if 0 < len(types) <= self.capacity:
            self.encode(sorted(types), threads)

    def _encode(self, ids: NDArray[np.int32]) -> Array:
        weights, matrices, options = self.weights, self.matrices, self.options
        widest = max(width for width, _ in options.filters)
        longest = int((ids != PADDING).sum(axis=1).max())
        embedded = weights["char_embed"][ids[:, : longest + widest]]  # (U, C, E); beyond, all windows are padding
        maxima = []
        for number, (width, count) in enumerate(options.filters):
            kernel = matrices[f"CNN/W_cnn_{number}"]  # (width E, n)
            windows = np.lib.stride_tricks.sliding_window_view(embedded, width, axis=1)  # (U, C', E, width)
            flat = np.ascontiguousarray(windows.transpose(0, 1, 3, 2)).reshape(-1, kernel.shape[0])
            convolved = kernel.multiply(flat).reshape(len(ids), -1, count)  # (U, C', n)
            maxima.append(convolved.max(axis=1) + weights[f"CNN/b_cnn_{number}"])
        x = np.concatenate(maxima, axis=1)  # (U, F)
        x = np.maximum(x, 0) if options.activation == "relu" else np.tanh(x)
        for number in range(options.n_highway):
            prefix = f"CNN_high_{number}"
            carry = _sigmoid(matrices[f"{prefix}/W_carry"].multiply(x) + weights[f"{prefix}/b_carry"])
            changed = matrices[f"{prefix}/W_transform"].multiply(x) + weights[f"{prefix}/b_transform"]
            x = carry * np.maximum(changed, 0) + (1 - carry) * x
        vectors: Array = matrices["CNN_proj/W_proj"].multiply(x) + weights["CNN_proj/b_proj"]
        return vectors


class LSTMLayer:
    """One LSTM layer with projection and clips.

    c = clip(sigmoid(f + 1) c + sigmoid(i) tanh(j)); h = clip((sigmoid(o) tanh(c)) W_P). Since
    2 sigmoid(x) = 1 + tanh(x / 2), the weights of i, f and o are halved once, one tanh serves all gates, and the
    factors 2 are taken off c and W_P; all of it by powers of two, which round nothing. The file's gate order is
    i, j, f, o; here it is j, i, f, o, which puts the three sigmoids side by side.
    """

    def __init__(self, weights: Weights, name: str, options: Options) -> None:
        self.options = options
        size, cell = options.projection_dim, options.dim
        order = np.concatenate([np.arange(cell, 2 * cell), np.arange(cell), np.arange(2 * cell, 4 * cell)])
        halve = np.repeat(np.array([1.0, 0.5, 0.5, 0.5], dtype=np.float32), cell)
        bias = weights[f"{name}/B"].copy()
        bias[2 * cell : 3 * cell] += 1.0
        self.bias = bias[order] * halve
        kernel = weights[f"{name}/W_0"]
        self.inputs = Matrix(np.ascontiguousarray(kernel[:size, order] * halve))  # (P, 4D)
        self.recurrent = Matrix(np.ascontiguousarray(kernel[size:, order] * halve))  # (P, 4D)
        self.projection = Matrix(weights[f"{name}/W_P_0"] * np.float32(0.5))  # (D, P)

    def gates(self, x: Array) -> Array:
        """Return the input gates x W + b (U, 4D)."""
        gates = self.inputs.multiply(x)
        gates += self.bias
        return gates

    def run(
        self,
        gates_of: Callable[[int, int, int], Array],
        active: list[int],
        cells: Array,
        hidden: Array,
        outputs: Array,
    ) -> None:
        """Fill outputs (T, B, P) and move cells (ROWS, D) and hidden (ROWS, P) on, in place.

        ``gates_of(step, first, last)`` gives input gates (last - first, 4D) of some rows of a step. ``active`` counts
        the rows that have not ended at each step; the others keep their last state.
        """
        cell, clip = self.options.dim, self.options.proj_clip
        product = np.empty((ROWS, 4 * cell), dtype=np.float32)
        squashed = np.zeros((ROWS, cell), dtype=np.float32)
        projected = np.empty((ROWS, self.options.projection_dim), dtype=np.float32)
        few = max(1, AT_ONCE // (4 * cell))
        for step, n in enumerate(active):
            self.recurrent.fill(hidden, n, product)  # (B, P) @ (P, 4D)
            for first in range(0, n, few):
                last = min(n, first + few)
                gates = product[first:last]
                gates += gates_of(step, first, last)
                self._update(gates, cells[first:last], squashed[first:last])
            self.projection.fill(squashed, n, projected)  # (B, D) @ (D, P)
            if clip is not None:
                np.clip(projected[:n], -clip, clip, out=projected[:n])
            hidden[:n] = projected[:n]
            outputs[step, :n] = projected[:n]

    def _update(self, gates: Array, c: Array, squashed: Array) -> None:
        """Turn gates (n, 4D) into the next c (n, D) and 2 sigmoid(o) tanh(c), in place."""
        cell, clip = self.options.dim, self.options.cell_clip
        np.tanh(gates, out=gates)
        sigmoids = gates[:, cell:]  # twice the values of i, f, o
        sigmoids += 1
        j, i, f, o = (gates[:, start : start + cell] for start in range(0, 4 * cell, cell))
        c *= f
        np.multiply(j, i, out=squashed)
        c += squashed
        c *= 0.5
        if clip is not None:
            np.clip(c, -clip, clip, out=c)
        np.tanh(c, out=squashed)
        squashed *= o


class InputGates:
    """First-layer input gates (U, 4D) of word types, each computed once, within a bound of bytes."""

    def __init__(self, layer: LSTMLayer) -> None:
        self.layer = layer
        self.capacity = max(1, GATE_CACHE_BYTES // layer.bias.nbytes)
        self.places: dict[str, int] = {}
        self.table = np.empty((self.capacity, len(layer.bias)), dtype=np.float32)  # takes memory as it fills

    def of(self, types: list[str], vectors: Array) -> tuple[Array, NDArray[np.intp]]:
        """Return a table of gates (rows, 4D), and the row of each type."""
        if len(types) > self.capacity:
            return self.layer.gates(vectors), np.arange(len(types))
        new = [k for k, word in enumerate(types) if word not in self.places]
        if len(self.places) + len(new) > self.capacity:
            self.places.clear()
            new = list(range(len(types)))
        start = len(self.places)
        self.table[start : start + len(new)] = self.layer.gates(vectors[new])
        self.places.update((types[k], start + place) for place, k in enumerate(new))
        return self.table, np.array([self.places[word] for word in types], dtype=np.intp)


class _LookedUp:
    """Input gates of the first layer: rows of a table (U, 4D), by the type numbers (T, B) of each step."""

    def __init__(self, table: Array, words: NDArray[np.intp]) -> None:
        self.table, self.words = table, words
        self.buffer = np.empty((0, table.shape[1]), dtype=np.float32)

    def gates(self, step: int, first: int, last: int) -> Array:
        """Return gates (last - first, 4D) of some rows of a step."""
        if len(self.buffer) < last - first:
            self.buffer = np.empty((last - first, self.table.shape[1]), dtype=np.float32)
        out = self.buffer[: last - first]
        np.take(self.table, self.words[step, first:last], axis=0, out=out, mode="clip")
        return out


class _Multiplied:
    """Input gates of a higher layer: the layer below (T, B, P) times its weights, as many steps as fill ROWS rows."""

    def __init__(self, layer: LSTMLayer, below: Array, active: list[int]) -> None:
        self.layer, self.below, self.active = layer, below, active
        self.table = np.empty((ROWS, len(layer.bias)), dtype=np.float32)
        self.places: dict[int, int] = {}

    def gates(self, step: int, first: int, last: int) -> Array:
        """Return gates (last - first, 4D) of some rows of a step."""
        if step not in self.places:
            self._fill(step)
        start = self.places[step]
        gates = self.table[start + first : start + last]
        gates += self.layer.bias
        return gates

    def _fill(self, step: int) -> None:
        self.places, total = {}, 0
        while step < len(self.active) and total + self.active[step] <= ROWS:
            self.places[step] = total
            total += self.active[step]
            step += 1
        x = np.concatenate([self.below[step, : self.active[step]] for step in self.places])
        self.layer.inputs.fill(x, total, self.table)


def required_softmax(files: BiLMFiles) -> Softmax:
    """Return the softmax of a model that is to give log-probabilities.

    Raises:
        InputError: it has none.
    """
    if files.softmax is None:
        raise InputError(
            "this biLM has no softmax.hdf5 and vocabulary.txt, so it gives no perplexity",
            where=files.name,
            remedy="add both files (published weights come without them) or use it for embedding only",
        )
    return files.softmax


def empty_reading(options: Options, softmax: Softmax | None) -> Reading:
    """Return the reading of a sentence without words."""
    layers = np.zeros((options.n_layers + 1, 0, 2 * options.projection_dim), dtype=np.float32)
    nothing = np.zeros(0) if softmax else None
    return Reading(layers, nothing, nothing)


def count_unknown(words: list[str], softmax: Softmax) -> int:
    """Return how many words score as <UNK>."""
    return sum(word not in softmax.index for word in words)


def score(
    tops: Sequence[Array], sentences: Sequence[list[str]], direction: int, softmax: Softmax
) -> list[NDArray[np.float64]]:
    """Return each sentence's log-probabilities in reading order, the last one that of the closing boundary.

    ``tops`` are its top states (n + 1, P) in reading order: of the opening boundary and of each word.
    """
    targets = []
    for words in sentences:
        ordered = [*words, BOUNDARY_END] if direction == 0 else [*words[::-1], BOUNDARY_BEGIN]
        targets += [softmax.index.get(word, softmax.index[UNKNOWN]) for word in ordered]
    scores = log_softmax_at(np.concatenate(tops), np.array(targets), softmax)
    return np.split(scores, np.cumsum([len(words) + 1 for words in sentences])[:-1])


def log_softmax_at(states: Array, targets: NDArray[np.intp], softmax: Softmax) -> NDArray[np.float64]:
    """Return log p(target | state), shape (N,), natural logarithm, of states (N, P) over the whole vocabulary.

    The normaliser is gathered in float64 over chunks of the vocabulary, so memory does not grow with V.
    """
    n = len(states)
    blocks = padded(states, -(-n // SOFTMAX_ROWS) * SOFTMAX_ROWS).reshape(-1, SOFTMAX_ROWS, states.shape[1])
    total = np.full(blocks.shape[:2], -np.inf)
    for start in range(0, len(softmax.bias), VOCABULARY_CHUNK):
        weights = Matrix(softmax.weights[start : start + VOCABULARY_CHUNK].T)  # (P, V')
        bias = softmax.bias[start : start + VOCABULARY_CHUNK]
        for number, block in enumerate(blocks):
            logits = weights.multiply(block)  # (SOFTMAX_ROWS, P) @ (P, V')
            logits += bias
            peak = logits.max(axis=1, keepdims=True)
            logits -= peak
            np.exp(logits, out=logits)
            total[number] = np.logaddexp(total[number], np.log(logits.sum(axis=1).astype(np.float64)) + peak[:, 0])
    wanted = states.astype(np.float64) * softmax.weights[targets]
    result: NDArray[np.float64] = wanted.sum(axis=1) + softmax.bias[targets] - total.reshape(-1)[:n]
    return result


def _sigmoid(x: Array) -> Array:
    half: Array = np.tanh(x * np.float32(0.5))
    return half * np.float32(0.5) + np.float32(0.5)
