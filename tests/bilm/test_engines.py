"""Three engines, one answer: AllenNLP's golden layers, and each engine against the others."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from adscreen.bilm.allennlp_engine import AllenNLPReader, find_allennlp
from adscreen.bilm.engine import BiLM, Reading
from adscreen.bilm.engines import EngineChoice, Reader, load_engine, threads_of_one
from adscreen.bilm.format import read_bilm
from adscreen.errors import InputError

ENGINES = [
    "numpy",
    pytest.param("torch", marks=pytest.mark.torch),
    pytest.param("allennlp", marks=pytest.mark.allennlp),
]
SHAPES = ["tiny", "small", pytest.param("original", marks=pytest.mark.slow)]
TOLERANCE = {"tiny": 1e-5, "small": 2e-5, "original": 2e-5}
GOLDEN = Path(__file__).with_name("golden")


@pytest.fixture(scope="module")
def golden() -> ModuleType:
    """The script that made the golden values: its shapes, sentences and weights."""
    spec = importlib.util.spec_from_file_location("generate", GOLDEN / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folders(golden: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function from a shape's name to a folder of its weights, written once."""
    base = tmp_path_factory.mktemp("shapes")

    def folder(name: str) -> Path:
        if not (base / name).exists():
            golden.write_weights(base / name, golden.SHAPES[name])
        return base / name

    return folder


def load(folder: Path, engine: str) -> Reader:
    """Return an engine, or skip where what it needs is not installed."""
    if engine == "torch":
        pytest.importorskip("torch")
    if engine == "allennlp":
        try:
            find_allennlp(None)
        except InputError as error:
            pytest.skip(str(error))
    return load_engine(folder, EngineChoice(engine))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("engine", ENGINES)
def test_equals_the_golden_layers_of_allennlp(
    folders: Callable[[str], Path], golden: ModuleType, engine: str, shape: str
) -> None:
    """On random weights every engine gives, layer by layer, what AllenNLP 2.10.1 gave (golden/generate.py)."""
    readings = load(folders(shape), engine).read(golden.SENTENCES)
    with np.load(GOLDEN / f"{shape}.npz") as expected:
        assert len(expected.files) == len(readings)
        for number, reading in enumerate(readings):
            kept = reading.layers[:, :, :: golden.KEPT[shape]]
            np.testing.assert_allclose(kept, expected[f"sentence_{number}"], atol=TOLERANCE[shape], rtol=0)


def test_the_golden_weights_are_what_they_were(golden: ModuleType) -> None:
    """The generator's numbers, on which the golden values rest, are spread over [-1, 1) and never change."""
    numbers = golden.scrambled(3, (1000,))
    assert abs(numbers.mean()) < 0.05
    assert abs(numbers.std() - 3**-0.5) < 0.03
    assert [-0.406002402305603, 0.5609340667724609] == [float(numbers[0]), float(numbers[-1])]


@pytest.fixture(scope="module")
def fixture_folder(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """AllenNLP's own test fixture as a biLM folder."""
    folder = tmp_path_factory.mktemp("fixture")
    shutil.copy(shared / "elmo" / "options.json", folder / "options.json")
    shutil.copy(shared / "elmo" / "lm_weights.hdf5", folder / "weights.hdf5")
    return folder


def fixture_batches(shared: Path) -> list[list[list[str]]]:
    """Return the fixture's ten batches of three sentences."""
    lists = json.loads((shared / "elmo" / "sentences.json").read_text(encoding="utf-8"))
    return [[texts[number].split() for texts in lists] for number in range(10)]


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_engines_agree_on_all_layers_of_the_fixture(fixture_folder: Path, shared: Path, engine: str) -> None:
    """From zero states, each of the thirty sentences has the same layers in every engine."""
    sentences = [words for batch in fixture_batches(shared) for words in batch]
    expected = load(fixture_folder, "numpy").read(sentences)
    for own, other in zip(expected, load(fixture_folder, engine).read(sentences), strict=True):
        np.testing.assert_allclose(other.layers, own.layers, atol=1e-5, rtol=0)


def golden_tops(shared: Path) -> Iterator[tuple[int, int, NDArray[np.float32]]]:
    """Yield (batch, row, top layer (2, n, P)) of the published golden values, whose states pass from batch to batch."""
    for row in range(3):
        with h5py.File(shared / "elmo" / f"lm_embeddings_{row}.hdf5") as file:
            for number in range(10):
                yield number, row, file[str(number)][...]


@pytest.mark.torch
def test_torch_equals_the_golden_states(fixture_folder: Path, shared: Path) -> None:
    """Ten batches whose states are carried on are one long sequence: its top states are the published golden ones."""
    pytest.importorskip("torch")
    import torch

    from adscreen.bilm.torch_engine import TorchReader

    reader = TorchReader(read_bilm(fixture_folder), device="cpu")
    batches = fixture_batches(shared)
    with torch.inference_mode():
        for row in range(3):
            rows = [["<S>", *batch[row], "</S>"] for batch in batches]
            tops = []
            for direction in (0, 1):
                ordered = [word for own in rows for word in (own if direction == 0 else own[::-1])]
                states = reader.model.read_layers(reader._encode(ordered)[:, None], direction)
                tops.append(np.split(states[-1][:, 0].numpy(), np.cumsum([len(own) for own in rows])[:-1]))
            for number, own_row, expected in golden_tops(shared):
                if own_row == row:
                    np.testing.assert_allclose(tops[0][number][1:-1], expected[0], atol=1e-5, rtol=0)
                    np.testing.assert_allclose(tops[1][number][-2:0:-1], expected[1], atol=1e-5, rtol=0)


STATEFUL = """
import json, sys
import numpy
from allennlp.modules.elmo import _ElmoBiLm, batch_to_ids
model = _ElmoBiLm(sys.argv[1], sys.argv[2])
arrays = {}
for number, batch in enumerate(json.load(sys.stdin)):
    top = model(batch_to_ids(batch))["activations"][-1].detach().numpy()
    for row, words in enumerate(batch):
        arrays[f"{number}_{row}"] = top[row, 1 : len(words) + 1]
numpy.savez(sys.argv[3], **arrays)
"""


@pytest.mark.allennlp
def test_allennlp_equals_the_golden_states(fixture_folder: Path, shared: Path, tmp_path: Path) -> None:
    """The AllenNLP that is installed gives the published golden values, with states carried from batch to batch."""
    load(fixture_folder, "allennlp")
    command = [find_allennlp(None), "-I", "-W", "ignore", "-c", STATEFUL]
    paths = [fixture_folder / "options.json", fixture_folder / "weights.hdf5", tmp_path / "tops.npz"]
    subprocess.run(
        [str(part) for part in (*command, *paths)], input=json.dumps(fixture_batches(shared)), text=True, check=True
    )
    with np.load(tmp_path / "tops.npz") as found:
        for number, row, expected in golden_tops(shared):
            top = found[f"{number}_{row}"]
            np.testing.assert_allclose(top, np.concatenate(list(expected), axis=1), atol=1e-5, rtol=0)


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_engines_agree_on_log_probabilities(
    tmp_path: Path, golden: ModuleType, random_bilm: Callable[..., Path], engine: str
) -> None:
    """Float16 weights with a softmax: log-probabilities and unknown words are the same in every engine."""
    folder = random_bilm(tmp_path / "bilm")
    sentences = [*golden.SENTENCES, []]
    expected = load(folder, "numpy").read(sentences, log_probabilities=True)
    for own, other in zip(expected, load(folder, engine).read(sentences, log_probabilities=True), strict=True):
        assert own.forward is not None
        np.testing.assert_allclose(other.layers, own.layers, atol=1e-5, rtol=0)
        np.testing.assert_allclose(other.forward, own.forward, atol=2e-5, rtol=0)
        np.testing.assert_allclose(other.backward, own.backward, atol=2e-5, rtol=0)
        assert own.out_of_vocabulary == other.out_of_vocabulary


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_starts_from_zero_states(folders: Callable[[str], Path], golden: ModuleType, engine: str) -> None:
    """A sentence read second, after others, is what it is when read first."""
    reader = load(folders("tiny"), engine)
    first = reader.read(golden.SENTENCES[:1])[0]
    reader.read(golden.SENTENCES)
    again = reader.read(golden.SENTENCES[::-1])[-1]
    np.testing.assert_allclose(again.layers, first.layers, atol=1e-6, rtol=0)


def test_threads_change_no_byte(folders: Callable[[str], Path], golden: ModuleType) -> None:
    """One thread or two: the same bytes, at the published small shape."""
    files = read_bilm(folders("small"))
    one, two = (BiLM(files, threads=threads).read(golden.SENTENCES) for threads in (1, 2))
    assert [reading.layers.tobytes() for reading in one] == [reading.layers.tobytes() for reading in two]


@pytest.mark.slow
def test_neighbours_change_no_byte_at_the_published_small_shape(
    folders: Callable[[str], Path], golden: ModuleType
) -> None:
    """Among 300 others, in another order and in another engine object, a sentence keeps its bytes."""
    files = read_bilm(folders("small"))
    words = sorted({word for sentence in golden.SENTENCES for word in sentence})
    rng = np.random.default_rng(0)
    others = [rng.choice(words, size=rng.integers(1, 30)).tolist() for _ in range(300)]
    alone = [BiLM(files).read([sentence])[0] for sentence in golden.SENTENCES]
    crowd = BiLM(files).read([*others, *golden.SENTENCES])[-len(golden.SENTENCES) :]
    assert [reading.layers.tobytes() for reading in alone] == [reading.layers.tobytes() for reading in crowd]


def test_an_unknown_engine_is_one_line(tiny_bilm: Path) -> None:
    """The error names the option and the engines there are."""
    with pytest.raises(InputError, match=r"^engine: no engine 'keras'; use numpy, torch, allennlp$"):
        load_engine(tiny_bilm, EngineChoice("keras"))


def test_torch_that_is_not_installed_is_one_line(tiny_bilm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setattr("adscreen.bilm.engines.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"^engine: torch needs PyTorch; pip install 'adscreen\[torch\]'$"):
        load_engine(tiny_bilm, EngineChoice("torch"))


def test_processes_do_not_use_more_threads_than_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads each while they fit the processors; one each from then on."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(4)), raising=False)
    assert [2, 2, 1, 1, 1] == [threads_of_one(jobs) for jobs in (1, 2, 3, 4, 64)]
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
    assert 1 == threads_of_one(1)


def test_a_missing_allennlp_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter given, else that of the environment variable, must be a program; the line says what to do."""
    remedy = "run `make allennlp`, or name its interpreter with python= or ADSCREEN_ALLENNLP_PYTHON"
    with pytest.raises(InputError) as caught:
        find_allennlp(tmp_path / "python")
    assert f"{tmp_path / 'python'}: no AllenNLP interpreter; {remedy}" == str(caught.value)
    monkeypatch.setenv("ADSCREEN_ALLENNLP_PYTHON", str(tmp_path / "elsewhere"))
    with pytest.raises(InputError, match="elsewhere: no AllenNLP interpreter"):
        find_allennlp(None)
    (tmp_path / "elsewhere").write_text("#!/bin/sh\n")
    (tmp_path / "elsewhere").chmod(0o755)
    assert tmp_path / "elsewhere" == find_allennlp(None)


@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("echo no module named allennlp >&2; exit 1", r"AllenNLP failed \(no module named allennlp\)"),
        ("exit 3", r"AllenNLP failed \(exit 3\)"),
        ("""echo '{"error": "KeyError: x"}'""", r"AllenNLP failed \(KeyError: x\)"),
        ("echo hello", r"AllenNLP failed \(it did not answer\)"),
        ("""echo '{"seconds": 0}'; exit 0""", r"AllenNLP failed \("),
    ],
)
def test_a_worker_that_fails_is_one_line(tiny_bilm: Path, tmp_path: Path, script: str, what: str) -> None:
    """An interpreter without AllenNLP, or one that dies, is an InputError that names it, without words it was sent."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    with pytest.raises(InputError, match=what) as caught:
        AllenNLPReader(read_bilm(tiny_bilm), tiny_bilm, python=python).read([["secret"]])
    assert str(python) == caught.value.where
    assert "secret" not in str(caught.value)


def test_allennlp_cannot_read_without_skip_connections(tmp_path: Path, golden: ModuleType) -> None:
    """AllenNLP reads fewer architectures than we do; asking for others is one line, before anything is started."""
    from dataclasses import replace

    golden.write_weights(tmp_path, replace(golden.SHAPES["tiny"], use_skip_connections=False))
    with pytest.raises(InputError, match="AllenNLP reads words of 50 characters, and skip connections, only"):
        AllenNLPReader(read_bilm(tmp_path), tmp_path, python=Path("unused"))


@pytest.mark.allennlp
def test_the_worker_counts_its_seconds_and_ends(folders: Callable[[str], Path], golden: ModuleType) -> None:
    """The seconds that AllenNLP itself took are counted, and closing ends the process."""
    reader = load(folders("tiny"), "allennlp")
    assert isinstance(reader, AllenNLPReader)
    readings: list[Reading] = reader.read(golden.SENTENCES)
    assert len(golden.SENTENCES) == len(readings)
    assert reader.seconds > 0
    reader.close()
    assert 0 == reader._process.returncode
