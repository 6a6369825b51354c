"""options.json + weights.hdf5 (+ softmax.hdf5, vocabulary.txt, model.json) <-> a biLM in memory.

The format is that of bilm-tf and AllenNLP. The names, shapes and gate order (i, j, f, o) are TensorFlow's; the weight
table below is the whole format. ``model.json`` is ours: it says how text is normalised for this biLM.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adscreen.bilm.characters import N_CHARACTERS
from adscreen.errors import InputError

Array = NDArray[np.float32]
Weights = dict[str, Array]
DIRECTIONS = (0, 1)  # 0 reads forward, 1 backward: the RNN_0 and RNN_1 of the file
UNKNOWN = "<UNK>"
MAPPED_BYTES = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Options:
    """The architecture. ``dim`` is the cell size D, ``projection_dim`` the size P of a token and of each direction."""

    filters: tuple[tuple[int, int], ...]
    char_dim: int = 16
    n_highway: int = 1
    max_characters: int = 50
    activation: str = "relu"
    dim: int = 1024
    projection_dim: int = 128
    n_layers: int = 2
    cell_clip: float | None = 3.0
    proj_clip: float | None = 3.0
    use_skip_connections: bool = True

    @property
    def n_filters(self) -> int:
        """The char-CNN's output size F: the sum of the filter counts."""
        return sum(count for _, count in self.filters)

    def to_json(self) -> dict[str, Any]:
        """Return the options in AllenNLP's layout."""
        return {
            "lstm": {
                "use_skip_connections": self.use_skip_connections,
                "projection_dim": self.projection_dim,
                "cell_clip": self.cell_clip,
                "proj_clip": self.proj_clip,
                "dim": self.dim,
                "n_layers": self.n_layers,
            },
            "char_cnn": {
                "activation": self.activation,
                "filters": [list(pair) for pair in self.filters],
                "n_highway": self.n_highway,
                "embedding": {"dim": self.char_dim},
                "n_characters": N_CHARACTERS + 1,
                "max_characters_per_token": self.max_characters,
            },
        }


@dataclass(frozen=True, slots=True)
class Softmax:
    """Output layer over a vocabulary: ``weights`` (V, P), ``bias`` (V,), ``index`` word -> row."""

    weights: Array
    bias: Array
    index: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BiLMFiles:
    """A biLM as read from disk. ``softmax`` is None where only embedding is possible."""

    name: str
    options: Options
    weights: Weights
    lowercase: bool
    softmax: Softmax | None
    digest: str

    def normalise(self, words: Sequence[str]) -> list[str]:
        """Return the words as this biLM was trained to read them."""
        return [word.lower() for word in words] if self.lowercase else list(words)


def weight_shapes(options: Options) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every array of weights.hdf5."""
    size, filters, cell = options.projection_dim, options.n_filters, options.dim
    shapes: dict[str, tuple[int, ...]] = {"char_embed": (N_CHARACTERS, options.char_dim)}
    for number, (width, count) in enumerate(options.filters):
        shapes[f"CNN/W_cnn_{number}"] = (1, width, options.char_dim, count)
        shapes[f"CNN/b_cnn_{number}"] = (count,)
    for number in range(options.n_highway):
        for gate in ("carry", "transform"):
            shapes[f"CNN_high_{number}/W_{gate}"] = (filters, filters)
            shapes[f"CNN_high_{number}/b_{gate}"] = (filters,)
    shapes["CNN_proj/W_proj"] = (filters, size)
    shapes["CNN_proj/b_proj"] = (size,)
    for direction in DIRECTIONS:
        for layer in range(options.n_layers):
            prefix = cell_name(direction, layer)
            shapes[f"{prefix}/W_0"] = (2 * size, 4 * cell)  # rows: input then recurrent; columns: i, j, f, o
            shapes[f"{prefix}/B"] = (4 * cell,)
            shapes[f"{prefix}/W_P_0"] = (cell, size)
    return shapes


def cell_name(direction: int, layer: int) -> str:
    """Return the group of one LSTM cell's weights."""
    return f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"


def read_bilm(folder: Path) -> BiLMFiles:
    """Read a model folder: options.json and weights.hdf5, with softmax.hdf5, vocabulary.txt and model.json if there.

    Raises:
        InputError: a file is missing or damaged, or options and weights disagree.
    """
    if not folder.is_dir():
        raise InputError(
            "no such biLM folder", where=str(folder), remedy="give a folder with options.json + weights.hdf5"
        )
    options_path, weights_path = folder / "options.json", folder / "weights.hdf5"
    card = _read_json(folder / "model.json") if (folder / "model.json").exists() else {}
    options = read_options(options_path)
    softmax = None
    if (folder / "softmax.hdf5").exists() or (folder / "vocabulary.txt").exists():
        softmax = read_softmax(folder / "softmax.hdf5", folder / "vocabulary.txt", size=options.projection_dim)
    present = [path for path in model_files(folder) if path.exists()]
    return BiLMFiles(
        name=str(card.get("name", folder.name)),
        options=options,
        weights=read_weights(weights_path, options),
        lowercase=bool(card.get("lowercase", False)),
        softmax=softmax,
        digest=digest_files(present),
    )


def model_files(folder: Path) -> list[Path]:
    """Return the paths of a complete biLM folder's files, in digest order."""
    names = ("model.json", "options.json", "softmax.hdf5", "vocabulary.txt", "weights.hdf5")
    return [folder / name for name in names]


def digest_files(paths: list[Path]) -> str:
    """Return the SHA-256 of the files' names and bytes, in the order given."""
    total = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            total.update(path.name.encode() + b"\0" + hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()


def read_options(path: Path) -> Options:
    """Read an options.json of bilm-tf or AllenNLP.

    Raises:
        InputError: the file is missing, is not JSON, or lacks a setting.
    """
    content = _read_json(path)
    try:
        lstm, cnn = content["lstm"], content["char_cnn"]
        options = Options(
            filters=tuple((int(width), int(count)) for width, count in cnn["filters"]),
            char_dim=int(cnn["embedding"]["dim"]),
            n_highway=int(cnn["n_highway"]),
            max_characters=int(cnn["max_characters_per_token"]),
            activation=_activation(cnn["activation"], path),
            dim=int(lstm["dim"]),
            projection_dim=int(lstm["projection_dim"]),
            n_layers=int(lstm["n_layers"]),
            cell_clip=_clip(lstm.get("cell_clip")),
            proj_clip=_clip(lstm.get("proj_clip")),
            use_skip_connections=bool(lstm.get("use_skip_connections", False)),
        )
        _check_sizes(options)
        return options
    except InputError:
        raise
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise InputError(
            f"not ELMo options ({type(error).__name__}: {error})", where=str(path), remedy="use the file of the weights"
        ) from error


def _check_sizes(options: Options) -> None:
    widest = max(width for width, _ in options.filters)
    if options.n_layers < 1 or options.max_characters < max(3, widest):
        raise ValueError(f"{options.n_layers} layers, {options.max_characters} characters, filters of {widest}")


def _activation(name: str, path: Path) -> str:
    if name not in ("relu", "tanh"):
        raise InputError(
            f"activation {name!r} is not relu or tanh", where=str(path), remedy="use the file of the weights"
        )
    return name


def _clip(value: float | None) -> float | None:
    return float(value) if value else None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(path), remedy="give a complete model folder") from error
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", where=str(path), remedy="copy the model again"
        ) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError("not a JSON file", where=str(path), remedy="copy the model again") from error
    if not isinstance(content, dict):
        raise InputError("not a JSON object", where=str(path), remedy="copy the model again")
    return content


def read_weights(path: Path, options: Options) -> Weights:
    """Read weights.hdf5 as float32 and check each array's shape against the options.

    Raises:
        InputError: the file is missing or damaged, or an array is absent, misshapen or not finite.
    """
    return _read_arrays(path, weight_shapes(options))


def read_softmax(path: Path, vocabulary_path: Path, *, size: int) -> Softmax:
    """Read the output layer (softmax/W (V, P), softmax/b (V,)) and its vocabulary, one word a line.

    Raises:
        InputError: a file is missing or damaged, or their sizes disagree.
    """
    words = read_vocabulary(vocabulary_path)
    arrays = _read_arrays(path, {"softmax/W": (len(words), size), "softmax/b": (len(words),)})
    return Softmax(arrays["softmax/W"], arrays["softmax/b"], {word: row for row, word in enumerate(words)})


def read_vocabulary(path: Path) -> list[str]:
    """Read a vocabulary whose words are unique and hold <S>, </S> and <UNK>."""
    try:
        words = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")  # U+2028 and its like part no words
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot read the vocabulary", where=str(path), remedy="copy the model again") from error
    unique = set(words)
    missing = [mark for mark in ("<S>", "</S>", UNKNOWN) if mark not in unique]
    if missing or len(unique) != len(words):
        fault = f"lacks {' '.join(missing)}" if missing else "holds a word twice"
        raise InputError(f"the vocabulary {fault}", where=str(path), remedy="use the vocabulary of the softmax")
    return words


def _read_arrays(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> Weights:
    import h5py

    if not path.is_file():
        raise InputError("no such file", where=str(path), remedy="give a complete model folder")
    arrays: Weights = {}
    try:
        with h5py.File(path, "r") as file:
            for name, shape in shapes.items():
                found = file[name].shape if name in file and isinstance(file[name], h5py.Dataset) else None
                if found != shape:
                    fault = f"{name} has shape {found}, the options ask for {shape}" if found else f"no array {name}"
                    raise InputError(fault, where=str(path), remedy="use the options.json of these weights")
                arrays[name] = _array(path, file[name])
    except InputError:
        raise
    except (OSError, RuntimeError, KeyError, TypeError, ValueError) as error:  # as h5py meets the damage
        raise InputError("damaged or not HDF5", where=str(path), remedy="copy the model again") from error
    broken = [name for name, array in arrays.items() if not math.isfinite(float(array.sum(dtype=np.float64)))]
    if broken:
        raise InputError(
            f"{broken[0]} holds values that are not finite", where=str(path), remedy="copy the model again"
        )
    return arrays


def _array(path: Path, dataset: Any) -> Array:
    """Return an array as float32; a large one that lies in its file as such is mapped, so processes share memory."""
    offset = dataset.id.get_offset()  # None where it is in pieces or compressed
    if dataset.nbytes >= MAPPED_BYTES and dataset.dtype == np.float32 and offset is not None and offset % 4 == 0:
        return np.asarray(np.memmap(path, np.float32, "r", offset, dataset.shape))
    return np.ascontiguousarray(dataset[...], dtype=np.float32)


def write_bilm(
    folder: Path,
    options: Options,
    weights: Mapping[str, NDArray[Any]],
    *,
    softmax: tuple[NDArray[Any], NDArray[Any]],
    vocabulary: list[str],
    card: Mapping[str, Any],
) -> None:
    """Write a biLM in AllenNLP's format, arrays as float16; ``card`` is model.json. The folder must exist."""
    _write_arrays(folder / "weights.hdf5", {name: weights[name] for name in weight_shapes(options)})
    _write_arrays(folder / "softmax.hdf5", {"softmax/W": softmax[0], "softmax/b": softmax[1]})
    (folder / "options.json").write_text(json.dumps(options.to_json(), indent=2) + "\n", encoding="utf-8")
    (folder / "vocabulary.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    (folder / "model.json").write_text(json.dumps(dict(card), indent=2) + "\n", encoding="utf-8")


def _write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    import h5py

    with h5py.File(path, "w", track_order=False) as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=np.asarray(array, dtype=np.float16), track_times=False)
