"""A biLM made by hand, whose probabilities are known, through the command; softmax arrays mapped from a file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from adscreen.bilm import format as bilm_format
from adscreen.bilm.engine import BiLM
from adscreen.bilm.format import read_bilm, read_softmax

ROOT = Path(__file__).resolve().parents[2]
PROBABILITIES = {"<S>": 1 / 16, "</S>": 1 / 8, "<UNK>": 1 / 16, "yes": 1 / 2, "no": 1 / 4}


@pytest.fixture
def two_words(tiny_bilm: Path, tmp_path: Path) -> Path:
    """A biLM of the words yes and no: whatever the context, the probabilities are those above."""
    folder = tmp_path / "two-words"
    folder.mkdir()
    for name in ("options.json", "weights.hdf5", "model.json"):
        (folder / name).write_bytes((tiny_bilm / name).read_bytes())
    (folder / "vocabulary.txt").write_text("".join(f"{word}\n" for word in PROBABILITIES))
    with h5py.File(folder / "softmax.hdf5", "w") as file:
        file["softmax/W"] = np.zeros((5, 6), dtype=np.float32)
        file["softmax/b"] = np.log(list(PROBABILITIES.values())).astype(np.float32) + np.float32(3)
    return folder


def test_perplexity_of_a_two_word_model_is_the_one_computed_by_hand(two_words: Path, tmp_path: Path) -> None:
    """`yes no`: forward (1/2 1/4 1/8)^(-1/3) = 4; backward (1/4 1/2 1/16)^(-1/3) = 2^(7/3); joint 2^(13/6)."""
    text = tmp_path / "speech.txt"
    text.write_text("Yes no.\nNo maybe.\n")
    command = [sys.executable, "-m", "adscreen", "perplexity", str(two_words), str(text), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    first, second = json.loads(done.stdout)
    assert ["speech", 0, 2, 0] == [first[name] for name in ("recording_id", "sentence", "tokens", "out_of_vocabulary")]
    expected = [4.0, 2 ** (7 / 3), 2 ** (13 / 6)]
    np.testing.assert_allclose([first[name] for name in ("forward", "backward", "joint")], expected, rtol=1e-6)
    # `no maybe`, where maybe scores as <UNK>: 1/4 1/16 1/8 forward, 1/16 1/4 1/16 backward
    expected = [2 ** (9 / 3), 2 ** (10 / 3), 2 ** (19 / 6)]
    np.testing.assert_allclose([second[name] for name in ("forward", "backward", "joint")], expected, rtol=1e-6)
    assert 1 == second["out_of_vocabulary"]


def test_a_large_softmax_is_mapped_from_its_file(two_words: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Float32 arrays above a bound are not copied into memory; what is read is the same."""
    sentences = [["yes", "no"], ["no"]]
    copied = BiLM(read_bilm(two_words)).read(sentences, log_probabilities=True)
    monkeypatch.setattr(bilm_format, "MAPPED_BYTES", 0)
    softmax = read_softmax(two_words / "softmax.hdf5", two_words / "vocabulary.txt", size=6)
    assert not softmax.weights.flags.owndata
    assert not softmax.weights.flags.writeable
    mapped = BiLM(read_bilm(two_words)).read(sentences, log_probabilities=True)
    for first, second in zip(copied, mapped, strict=True):
        assert first.layers.tobytes() == second.layers.tobytes()
        assert first.forward is not None
        assert second.forward is not None
        assert first.forward.tobytes() == second.forward.tobytes()


def test_float16_arrays_are_never_mapped(tiny_bilm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has to be widened is copied."""
    monkeypatch.setattr(bilm_format, "MAPPED_BYTES", 0)
    softmax = read_bilm(tiny_bilm).softmax
    assert softmax is not None
    assert np.float32 == softmax.weights.dtype
    assert softmax.weights.flags.writeable
