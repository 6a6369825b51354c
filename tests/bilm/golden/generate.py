"""Golden layers of random biLMs by the real AllenNLP 2.10.1: writes tiny.npz, small.npz and original.npz here.

The weights come from integer arithmetic alone, so that any machine and any NumPy makes the same ones; they are not
stored. Kept are the layers of a few sentences, each read from zero states; of the larger shapes every eighth or
thirty-second number.

    PYTHONPATH=pipeline python tests/bilm/golden/generate.py .venv-allennlp/bin/python
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from adscreen.bilm.engines import EngineChoice, load_engine
from adscreen.bilm.format import Options, weight_shapes

HERE = Path(__file__).resolve().parent
PUBLISHED = ((1, 32), (2, 32), (3, 64), (4, 128), (5, 256), (6, 512), (7, 1024))
SHAPES = {
    "tiny": Options(filters=((1, 4), (2, 4), (3, 8), (7, 5)), char_dim=3, n_highway=2, dim=33, projection_dim=14),
    "small": Options(filters=PUBLISHED, dim=1024, projection_dim=128, n_highway=1),
    "original": Options(filters=PUBLISHED, dim=4096, projection_dim=512, n_highway=2),
}
KEPT = {"tiny": 1, "small": 8, "original": 32}  # one number of so many
SENTENCES = [
    text.split()
    for text in (
        "the boy is on the stool reaching for the cookie jar",
        "uh",
        "and the the water is uh overflowing",
        "Mm-hmm it's naïve 日本語 🍪 " + "x" * 60,
        "she doesn't see it I think she's daydreaming or looking out of the window at the garden path",
        "a",
    )
]


def write_weights(folder: Path, options: Options, *, dtype: str = "float32") -> None:
    """Write options.json and weights.hdf5, uniform numbers that keep gates and clips in play."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "options.json").write_text(json.dumps(options.to_json()), encoding="utf-8")
    with h5py.File(folder / "weights.hdf5", "w") as file:
        for number, (name, shape) in enumerate(weight_shapes(options).items()):
            fan_in = 1 if name == "char_embed" or len(shape) == 1 else int(np.prod(shape[:-1]))
            file[name] = (scrambled(number, shape) * np.float32(2 * fan_in**-0.5)).astype(dtype)


def scrambled(seed: int, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return numbers in [-1, 1): a counter through the finaliser of MurmurHash3 (Appleby), 24 bits of it kept."""
    x = np.arange(int(np.prod(shape)), dtype=np.uint32) + np.uint32((seed + 1) * 0x9E3779B9 % 2**32)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x ^= x >> np.uint32(shift)
        x *= np.uint32(factor)
    x ^= x >> np.uint32(16)
    return ((x >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1)).reshape(shape)


def main() -> None:
    """Run AllenNLP on every shape and store what it gives."""
    for name, options in SHAPES.items():
        with tempfile.TemporaryDirectory() as folder:
            write_weights(Path(folder), options)
            readings = load_engine(Path(folder), EngineChoice("allennlp", Path(sys.argv[1]))).read(SENTENCES)
        kept = {f"sentence_{k}": reading.layers[:, :, :: KEPT[name]] for k, reading in enumerate(readings)}
        np.savez_compressed(HERE / f"{name}.npz", **kept)


if __name__ == "__main__":
    main()
