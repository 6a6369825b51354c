"""Sentences -> biLM states and log-probabilities."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from adscreen.bilm import engine
from adscreen.bilm.characters import BOUNDARY_BEGIN, BOUNDARY_END, character_ids
from adscreen.bilm.engine import ROWS, BiLM, Reading, State, cut_batches, log_softmax_at
from adscreen.bilm.format import BiLMFiles, Options, Softmax, cell_name, read_bilm, read_options, read_weights
from adscreen.bundled import bundled
from adscreen.errors import InputError

Words = Sequence[str]
Floats = NDArray[np.float64]
TINY = Options(filters=((1, 4), (2, 4), (3, 8)), char_dim=4, dim=12, projection_dim=6)
VARIANTS = {
    "plain": TINY,
    "no skip connections": replace(TINY, use_skip_connections=False),
    "tight clips": replace(TINY, cell_clip=0.3, proj_clip=0.2),
    "cell clip alone": replace(TINY, cell_clip=0.3, proj_clip=None),
    "no clips": replace(TINY, cell_clip=None, proj_clip=None),
    "tanh, three layers": replace(TINY, activation="tanh", n_layers=3, n_highway=2),
    "one layer, no highway": replace(TINY, n_layers=1, n_highway=0),
    "odd sizes": replace(TINY, filters=((1, 3), (7, 5)), char_dim=3, dim=37, projection_dim=33, max_characters=17),
}
WORDS = ["the", "boy", "is", "on", "stool", "uh", "cookie", "unheard-of", "x" * 70, "🍪", "日本語", "q̈", "a"]
SENTENCES = [WORDS, WORDS[::-1], ["boy"], ["the", "the", "the"], WORDS[3:9] * 3]


@pytest.fixture(scope="module")
def bilm(tiny_bilm: Path) -> BiLM:
    """A small random biLM."""
    return BiLM(read_bilm(tiny_bilm))


@pytest.fixture(scope="module")
def speech_bilm() -> BiLM:
    """The biLM that ships; the test skips where it is absent."""
    try:
        return BiLM(read_bilm(bundled("models/speech-bilm")))
    except InputError:
        pytest.skip("needs the bundled biLM models/speech-bilm")


def content(reading: Reading) -> tuple[bytes, bytes, bytes, int]:
    """Return the bytes of all that a reading holds."""
    assert reading.forward is not None
    assert reading.backward is not None
    layers, forward, backward = reading.layers, reading.forward, reading.backward
    return layers.tobytes(), forward.tobytes(), backward.tobytes(), reading.out_of_vocabulary


def read_one(bilm: BiLM, words: Words) -> Reading:
    """Return the reading, with log-probabilities, of one sentence by itself."""
    (reading,) = bilm.read([words], log_probabilities=True)
    return reading


def reference(files: BiLMFiles, words: Words) -> tuple[Floats, Floats, Floats]:
    """Return layers, forward and backward log-probabilities, one step and one word at a time, in float64."""
    o, softmax, w = files.options, files.softmax, {name: array.astype(float) for name, array in files.weights.items()}
    assert softmax is not None
    activation = np.tanh if o.activation == "tanh" else lambda x: np.maximum(x, 0)
    cell_clip, proj_clip = o.cell_clip or np.inf, o.proj_clip or np.inf

    def sigmoid(x: Floats) -> Floats:
        return 1 / (1 + np.exp(-x))

    def token(word: str) -> Floats:
        characters = w["char_embed"][character_ids([word], max_characters=o.max_characters)[0]]
        maxima = []
        for k, (width, _) in enumerate(o.filters):
            windows = [characters[t : t + width, :, None] for t in range(o.max_characters - width + 1)]
            maxima.append(np.max([(window * w[f"CNN/W_cnn_{k}"][0]).sum((0, 1)) for window in windows], axis=0))
        x = activation(np.concatenate(maxima) + np.concatenate([w[f"CNN/b_cnn_{k}"] for k in range(len(o.filters))]))
        for k in range(o.n_highway):
            gate = sigmoid(x @ w[f"CNN_high_{k}/W_carry"] + w[f"CNN_high_{k}/b_carry"])
            new = np.maximum(x @ w[f"CNN_high_{k}/W_transform"] + w[f"CNN_high_{k}/b_transform"], 0)
            x = gate * new + (1 - gate) * x
        return x @ w["CNN_proj/W_proj"] + w["CNN_proj/b_proj"]

    def run(direction: int, sequence: Words) -> Floats:
        x, layers = [token(word) for word in sequence], []
        for layer in range(o.n_layers):
            weights, bias, projection = (w[f"{cell_name(direction, layer)}/{part}"] for part in ("W_0", "B", "W_P_0"))
            c, h, outputs = np.zeros(o.dim), np.zeros(o.projection_dim), []
            for vector in x:
                i, j, f, out = np.split(np.concatenate([vector, h]) @ weights + bias, 4)
                c = np.clip(sigmoid(f + 1) * c + sigmoid(i) * np.tanh(j), -cell_clip, cell_clip)
                h = np.clip((sigmoid(out) * np.tanh(c)) @ projection, -proj_clip, proj_clip)
                outputs.append(h)
            x = [a + b for a, b in zip(outputs, x, strict=True)] if layer and o.use_skip_connections else outputs
            layers.append(x)
        return np.array(layers)

    def log_p(tops: Floats, targets: Words) -> Floats:
        logits = tops @ softmax.weights.astype(float).T + softmax.bias
        rows = [softmax.index.get(word, softmax.index["<UNK>"]) for word in targets]
        return logits[np.arange(len(rows)), rows] - np.log(np.exp(logits).sum(axis=1))

    forward = run(0, [BOUNDARY_BEGIN, *words, BOUNDARY_END])
    backward = run(1, [BOUNDARY_END, *reversed(words), BOUNDARY_BEGIN])
    states = np.concatenate([forward[:, 1:-1], backward[:, -2:0:-1]], axis=2)
    tokens = np.array([np.tile(token(word), 2) for word in words])
    layers = np.concatenate([tokens[None], states])
    log_forward = log_p(forward[-1, :-1], [*words, BOUNDARY_END])
    return layers, log_forward, log_p(backward[-1, :-1], [*reversed(words), BOUNDARY_BEGIN])


@pytest.mark.parametrize("name", VARIANTS)
def test_equals_a_plain_implementation(random_bilm: Callable[..., Path], tmp_path: Path, name: str) -> None:
    """Layers and log-probabilities are those of the formulas, written out step by step in float64."""
    files = read_bilm(random_bilm(tmp_path / "bilm", options=VARIANTS[name], seed=3))
    for words in SENTENCES:
        reading = read_one(BiLM(files), words)
        layers, forward, backward = reference(files, words)
        assert layers.shape == reading.layers.shape
        np.testing.assert_allclose(reading.layers, layers, atol=1e-5, rtol=0)
        np.testing.assert_allclose(reading.forward, forward, atol=1e-5, rtol=0)
        np.testing.assert_allclose(reading.backward, backward, atol=1e-5, rtol=0)


@pytest.mark.parametrize("change", [{"use_skip_connections": False}, {"cell_clip": 0.3}, {"proj_clip": 0.2}])
def test_every_option_matters(bilm: BiLM, change: dict[str, Any]) -> None:
    """The variants above differ from each other, so that agreeing with them means something."""
    other = BiLM(replace(bilm.files, options=replace(bilm.options, **change)))
    assert abs(read_one(bilm, WORDS).layers - read_one(other, WORDS).layers).max() > 0.01


@pytest.fixture(scope="module")
def allennlp(shared: Path) -> BiLM:
    """The biLM of AllenNLP's test fixture (allenai/allennlp, test_fixtures/elmo)."""
    options = read_options(shared / "elmo" / "options.json")
    weights = read_weights(shared / "elmo" / "lm_weights.hdf5", options)
    return BiLM(BiLMFiles("allennlp", options, weights, lowercase=False, softmax=None, digest=""))


def permuted(state: State, rows: Iterable[int]) -> State:
    """Return a state whose rows come in another order."""
    order = list(rows)
    return State([cell[order] for cell in state.cells], [output[order] for output in state.outputs])


def test_equals_the_golden_states_of_bilm_tf(allennlp: BiLM, shared: Path) -> None:
    """Top states, forward then backward, of ten batches of three, with the state carried from batch to batch."""
    lists = [[text.split() for text in texts] for texts in json.loads((shared / "elmo" / "sentences.json").read_text())]
    golden = [h5py.File(shared / "elmo" / f"lm_embeddings_{k}.hdf5") for k in range(3)]
    states = [allennlp.initial_state(), allennlp.initial_state()]
    for number in range(10):
        batch = [sentences[number] for sentences in lists]
        order = sorted(range(3), key=lambda k: -len(batch[k]))  # the engine wants the longest first
        rows = [*order, *range(3, ROWS)]
        types = [*sorted({word for words in batch for word in words}), BOUNDARY_BEGIN, BOUNDARY_END]
        vectors = allennlp.encoder.encode(types)
        numbered = [[types.index(word) for word in (BOUNDARY_BEGIN, *batch[k], BOUNDARY_END)] for k in order]
        tops = []
        for direction in (0, 1):
            outputs, after = allennlp.run_direction(direction, vectors, numbered, permuted(states[direction], rows))
            states[direction] = permuted(after, np.argsort(rows).tolist())
            tops.append(outputs[-1])
        for row, k in enumerate(order):
            n = len(batch[k])
            expected = golden[k][str(number)][...]  # (2, n, P)
            np.testing.assert_allclose(tops[0][1 : n + 1, row], expected[0], atol=1e-5, rtol=0)
            np.testing.assert_allclose(tops[1][n:0:-1, row], expected[1], atol=1e-5, rtol=0)


def test_equals_the_golden_token_vectors_of_bilm_tf(allennlp: BiLM, shared: Path) -> None:
    """The token layer of the fixture's vocabulary is that of its elmo_token_embeddings.hdf5."""
    words = (shared / "elmo" / "vocab_test.txt").read_text(encoding="utf-8").splitlines()
    with h5py.File(shared / "elmo" / "elmo_token_embeddings.hdf5") as file:
        np.testing.assert_allclose(allennlp.encoder.encode(words), file["embedding"][...], atol=1e-5, rtol=0)


def test_a_sentence_starts_from_zero_states(allennlp: BiLM, shared: Path) -> None:
    """The first golden batch, which no state was carried into, is what ``read`` gives."""
    texts = [texts[0].split() for texts in json.loads((shared / "elmo" / "sentences.json").read_text())]
    for k, reading in enumerate(allennlp.read(texts)):
        with h5py.File(shared / "elmo" / f"lm_embeddings_{k}.hdf5") as file:
            expected = np.concatenate(list(file["0"][...]), axis=1)
        np.testing.assert_allclose(reading.layers[-1], expected, atol=1e-5, rtol=0)
        assert reading.forward is None


SENTENCE = st.lists(st.sampled_from([*WORDS, "she", "reaching", "water"]) | st.text(max_size=4), max_size=12)


@given(batch=st.lists(SENTENCE, max_size=8), shuffle=st.randoms(use_true_random=False))
def test_the_bytes_of_a_sentence_are_its_own(bilm: BiLM, batch: list[list[str]], shuffle: random.Random) -> None:
    """By itself, among any neighbours, in any order, a sentence has the same bytes, in an engine old or new."""
    order = list(range(len(batch)))
    shuffle.shuffle(order)
    together = bilm.read([batch[k] for k in order], log_probabilities=True)
    fresh = BiLM(bilm.files)
    for k, reading in zip(order, together, strict=True):
        assert content(read_one(fresh, batch[k])) == content(reading)
    for k, reading in zip(order, bilm.read([batch[k] for k in order]), strict=True):
        assert read_one(fresh, batch[k]).layers.tobytes() == reading.layers.tobytes()


@pytest.fixture(scope="module")
def wide_bilm(random_bilm: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> BiLM:
    """A biLM of odd sizes whose vocabulary passes NumPy's buffers (8,192) and spans many chunks."""
    words = [*WORDS, *(f"w{number}" for number in range(20_551))]
    folder = tmp_path_factory.mktemp("wide")
    return BiLM(read_bilm(random_bilm(folder, options=VARIANTS["odd sizes"], vocabulary=words)))


def invented(count: int, *, seed: int, longest: int = 40) -> list[list[str]]:
    """Return sentences of words of a few letters."""
    rng = random.Random(seed)
    spellings = ["".join(rng.choices("aeioubdstnrlm'", k=rng.randint(1, 9))) for _ in range(300)] + WORDS
    return [rng.choices(spellings, k=rng.randint(1, longest)) for _ in range(count)]


def assert_bytes_do_not_depend_on_the_batch(bilm: BiLM, *, count: int, probes: int) -> None:
    """Check sentences of several batches, shuffled, against themselves alone."""
    sentences = invented(count, seed=1)
    order = list(range(count))
    random.Random(2).shuffle(order)
    shuffled = dict(zip(order, bilm.read([sentences[k] for k in order], log_probabilities=True), strict=True))
    parted = [r for start in (0, 50) for r in bilm.read(sentences[start : start + 50 or None], log_probabilities=True)]
    alone = BiLM(bilm.files)
    for k in range(0, count, count // probes):
        expected = content(read_one(alone, sentences[k]))
        assert expected == content(shuffled[k])
        if k < len(parted):
            assert expected == content(parted[k])


def test_batches_of_a_large_vocabulary(wide_bilm: BiLM) -> None:
    """More sentences than a batch holds, with sizes that fit no vector unit, still do not touch each other."""
    assert_bytes_do_not_depend_on_the_batch(wide_bilm, count=ROWS + 24, probes=20)


@pytest.mark.slow
def test_batches_of_the_bundled_biLM(speech_bilm: BiLM) -> None:
    """The same at the real size, where BLAS takes other kernels."""
    assert_bytes_do_not_depend_on_the_batch(speech_bilm, count=ROWS + 24, probes=14)


DIGEST = """
import hashlib, json, sys
from pathlib import Path
from adscreen.bilm.engine import BiLM
from adscreen.bilm.format import read_bilm
sentences = json.load(sys.stdin)
total = hashlib.sha256()
for reading in BiLM(read_bilm(Path(sys.argv[1]))).read(sentences, log_probabilities=True):
    for array in (reading.layers, reading.forward, reading.backward):
        total.update(array.tobytes())
print(total.hexdigest())
"""


@pytest.mark.parametrize("hash_seed", ["1", "4242"])
def test_another_process_gives_the_same_bytes(bilm: BiLM, tiny_bilm: Path, hash_seed: str) -> None:
    """Neither the process nor PYTHONHASHSEED nor the number of BLAS threads changes a byte."""
    sentences = invented(30, seed=5)
    total = hashlib.sha256()
    for words in sentences:
        total.update(b"".join(content(read_one(bilm, words))[:3]))
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "OPENBLAS_NUM_THREADS": "2"}
    command = [sys.executable, "-c", DIGEST, str(tiny_bilm)]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        command, input=json.dumps(sentences), env=environment, cwd=root, check=True, capture_output=True, text=True
    )
    assert total.hexdigest() == done.stdout.strip()


@pytest.mark.parametrize(
    ("bound", "value"),
    [
        ("TYPE_CACHE_BYTES", 100 * 4 * TINY.projection_dim),
        ("GATE_CACHE_BYTES", 60 * 4 * 4 * TINY.dim),
        ("GATE_CACHE_BYTES", 1),  # no sentence's types fit
        ("BATCH_STEPS", 10),  # most sentences are a batch of their own
        ("AT_ONCE", 1),
    ],
)
def test_bounds_of_memory_change_nothing(bilm: BiLM, monkeypatch: pytest.MonkeyPatch, bound: str, value: int) -> None:
    """Whatever is dropped and computed again, or cut smaller, has the same bytes; caches keep to their bounds."""
    sentences = invented(40, seed=7, longest=6)
    expected = [content(reading) for reading in bilm.read(sentences, log_probabilities=True)]
    monkeypatch.setattr(engine, bound, value)
    bounded = BiLM(bilm.files)
    assert expected == [content(reading) for reading in bounded.read(sentences, log_probabilities=True)]
    assert expected == [content(read_one(bounded, words)) for words in sentences]
    if bound == "TYPE_CACHE_BYTES":
        assert 0 < len(bounded.encoder.cache) <= 100
    if bound == "GATE_CACHE_BYTES":
        assert all(len(gates.places) <= max(1, value // (16 * TINY.dim)) for gates in bounded.input_gates)


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_change_nothing(bilm: BiLM, threads: int) -> None:
    """One thread or more, the bytes are the same."""
    sentences = invented(40, seed=8)
    expected = [content(reading) for reading in bilm.read(sentences, log_probabilities=True)]
    other = BiLM(bilm.files, threads=threads)
    assert expected == [content(reading) for reading in other.read(sentences, log_probabilities=True)]


@given(
    sentences=st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=9), max_size=20),
    rows=st.integers(1, 6),
    steps=st.integers(1, 40),
    types=st.integers(1, 12),
)
def test_batches_hold_each_sentence_once_within_bounds(
    sentences: list[list[str]], rows: int, steps: int, types: int
) -> None:
    """Sentences with words, longest first; a batch passes a bound only where one sentence alone does."""
    batches = list(cut_batches(sentences, rows=rows, steps=steps, types=types))
    assert sorted(k for batch in batches for k in batch) == [k for k, words in enumerate(sentences) if words]
    for batch in batches:
        lengths = [len(sentences[k]) for k in batch]
        assert sorted(lengths, reverse=True) == lengths
        if len(batch) > 1:
            assert len(batch) <= rows
            assert lengths[0] * len(batch) <= steps
            assert len({word for k in batch for word in sentences[k]}) <= types


def test_log_probabilities_sum_to_one(bilm: BiLM) -> None:
    """Over every word of the vocabulary, the probabilities after each context sum to 1."""
    softmax = bilm.files.softmax
    assert softmax is not None
    states = np.concatenate([reading.layers[-1, :, :6] for reading in bilm.read(SENTENCES)])
    size = len(softmax.bias)
    targets = np.tile(np.arange(size), len(states))
    log_p = log_softmax_at(np.repeat(states, size, axis=0), targets, softmax).reshape(len(states), size)
    assert (log_p < 0).all()
    np.testing.assert_allclose(np.exp(log_p).sum(axis=1), 1.0, atol=1e-6, rtol=0)


@pytest.mark.parametrize("chunk", [1, 7, 42, 1000])
def test_chunks_of_the_vocabulary_do_not_matter(bilm: BiLM, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    """The normaliser is the same, to the rounding of float32 products, however the vocabulary is cut."""
    expected = read_one(bilm, WORDS)
    monkeypatch.setattr(engine, "VOCABULARY_CHUNK", chunk)
    actual = read_one(bilm, WORDS)
    np.testing.assert_allclose(actual.forward, expected.forward, atol=2e-6, rtol=0)
    np.testing.assert_allclose(actual.backward, expected.backward, atol=2e-6, rtol=0)


def test_large_logits_neither_overflow_nor_vanish() -> None:
    """Logits of some hundreds, of either sign, give finite log-probabilities over several chunks."""
    weights = np.array([[300.0], [-300.0], [299.0]] * 10_000, dtype=np.float32)
    softmax = Softmax(weights, np.zeros(30_000, dtype=np.float32), {})
    states = np.array([[1.0], [-1.0], [0.0]], dtype=np.float32)
    log_p = log_softmax_at(states, np.array([0, 0, 5]), softmax)
    expected = [-np.log(10_000 * (1 + np.exp(-1))), -600 - np.log(10_000), -np.log(30_000)]
    np.testing.assert_allclose(log_p, expected, rtol=1e-6)


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), data=st.data())
def test_no_direction_sees_its_target(bilm: BiLM, words: list[str], data: st.DataObject) -> None:
    """Forward values up to a word do not change with the words after it; backward ones mirror that."""
    cut = data.draw(st.integers(0, len(words)))
    other = data.draw(st.lists(st.sampled_from(WORDS), max_size=5))
    whole = read_one(bilm, words)
    size = TINY.projection_dim
    changed = read_one(bilm, words[:cut] + other)
    assert whole.forward is not None
    assert changed.forward is not None
    assert whole.forward[:cut].tobytes() == changed.forward[:cut].tobytes()
    assert whole.layers[:, :cut, :size].tobytes() == changed.layers[:, :cut, :size].tobytes()
    changed = read_one(bilm, other + words[cut:])
    kept = len(words) - cut
    assert whole.backward is not None
    assert changed.backward is not None
    assert whole.backward[:kept].tobytes() == changed.backward[:kept].tobytes()
    after = whole.layers[1:, cut:, size:]
    assert after.tobytes() == changed.layers[1:, len(other) :, size:].tobytes()


def test_equal_sentences_are_read_once(bilm: BiLM) -> None:
    """What is said again shares its reading, which has the bytes it has alone."""
    said = [["the", "boy"], ["uh"], ["the", "boy"], [], ["uh"], []]
    readings = bilm.read(said, log_probabilities=True)
    assert [0, 1, 0, 3, 1, 3] == [next(k for k, own in enumerate(readings) if own is read) for read in readings]
    assert [content(read_one(bilm, words)) for words in said] == [content(reading) for reading in readings]


def test_shapes_and_targets(bilm: BiLM) -> None:
    """n words have n vectors a layer, and n + 1 targets a direction: the words and the closing boundary."""
    reading = read_one(bilm, ["the", "boy", "fell"])
    assert (3, 3, 12) == reading.layers.shape
    assert 12 == bilm.size
    assert np.float32 == reading.layers.dtype
    assert reading.forward is not None
    assert reading.backward is not None
    assert (4,) == reading.forward.shape == reading.backward.shape
    assert np.float64 == reading.forward.dtype


def test_the_token_layer_has_no_context(bilm: BiLM) -> None:
    """Layer 0 is the same vector twice, whatever stands around the word; the others depend on context."""
    first, second = bilm.read([["the", "boy", "is"], ["a", "boy", "a"]])
    assert first.layers[0, 1, :6].tobytes() == first.layers[0, 1, 6:].tobytes()
    assert first.layers[0, 1].tobytes() == second.layers[0, 1].tobytes()
    for layer in (1, 2):
        assert abs(first.layers[layer, 1] - second.layers[layer, 1]).min() > 0


def test_a_sentence_without_words(bilm: BiLM) -> None:
    """It reads as zero words with no log-probability, among others and alone; no sentences give no readings."""
    empty, other = bilm.read([[], ["boy"]], log_probabilities=True)
    assert (3, 0, 12) == empty.layers.shape
    assert empty.forward is not None
    assert empty.backward is not None
    assert (0, 0, 0) == (len(empty.forward), len(empty.backward), empty.out_of_vocabulary)
    assert content(read_one(bilm, ["boy"])) == content(other)
    assert bilm.read([[]])[0].forward is None
    assert [] == bilm.read([])


def test_a_sentence_of_5000_words(bilm: BiLM) -> None:
    """A transcript without punctuation is one long sentence: it is read to its end, and as its own beginning is."""
    words = (invented(1, seed=9)[0] * 5000)[:5000]
    reading = read_one(bilm, words)
    assert reading.forward is not None
    assert (3, 5000, 12) == reading.layers.shape
    assert np.isfinite(reading.layers).all()
    assert np.isfinite(reading.forward).all()
    start = read_one(bilm, words[:20])
    assert start.layers[:, :, :6].tobytes() == reading.layers[:, :20, :6].tobytes()


def test_case_is_folded_where_the_biLM_asks(bilm: BiLM) -> None:
    """A lowercase biLM reads both cases alike; a cased one tells them apart."""
    assert content(read_one(bilm, ["the", "boy"])) == content(read_one(bilm, ["The", "BOY"]))
    cased = BiLM(replace(bilm.files, lowercase=False))
    assert content(read_one(cased, ["the", "boy"])) != content(read_one(cased, ["The", "BOY"]))
    assert 0 == read_one(bilm, ["The", "BOY"]).out_of_vocabulary
    assert 2 == read_one(cased, ["The", "BOY"]).out_of_vocabulary


def test_unknown_words_score_as_unknown_and_keep_their_own_vectors(bilm: BiLM) -> None:
    """A word outside the vocabulary has the probability of <UNK>, is counted, and is still read by its letters."""
    zebra, gnu = bilm.read([["the", "zebra"], ["the", "gnu"]], log_probabilities=True)
    assert (1, 1) == (zebra.out_of_vocabulary, gnu.out_of_vocabulary)
    assert zebra.forward is not None
    assert gnu.forward is not None
    assert zebra.forward[:2].tobytes() == gnu.forward[:2].tobytes()
    assert zebra.layers[:, 1].tobytes() != gnu.layers[:, 1].tobytes()
    softmax = bilm.files.softmax
    assert softmax is not None
    states = bilm.read([["the", "zebra"]])[0].layers[-1, :1, :6]
    unknown = log_softmax_at(states, np.array([softmax.index["<UNK>"]]), softmax)
    np.testing.assert_allclose(zebra.forward[1], unknown[0], rtol=1e-12)


def test_words_alike_in_their_first_48_bytes_are_one(bilm: BiLM) -> None:
    """A word longer than 50 bytes reads as its beginning."""
    long, longer = bilm.read([["a" * 49], ["a" * 300]])
    assert long.layers.tobytes() == longer.layers.tobytes()
    assert long.layers.tobytes() != bilm.read([["a" * 47]])[0].layers.tobytes()


def test_without_softmax_there_is_no_perplexity(bilm: BiLM) -> None:
    """Asking log-probabilities of embedding-only weights is an InputError that names what to add."""
    embedding_only = BiLM(replace(bilm.files, softmax=None))
    assert read_one(bilm, WORDS).layers.tobytes() == embedding_only.read([WORDS])[0].layers.tobytes()
    with pytest.raises(InputError, match=r"^tiny: this biLM has no softmax\.hdf5 and vocabulary\.txt, so it gives no"):
        embedding_only.read([WORDS], log_probabilities=True)
