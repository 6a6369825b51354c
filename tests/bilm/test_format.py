"""biLM files <-> a biLM in memory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adscreen.bilm.format import (
    BiLMFiles,
    Options,
    digest_files,
    model_files,
    read_bilm,
    read_options,
    read_vocabulary,
    read_weights,
    weight_shapes,
    write_bilm,
)
from adscreen.errors import InputError

Damage = Callable[[Path], Any]
CELL = "RNN_0/RNN/MultiRNNCell/Cell0/LSTMCell"


@pytest.fixture
def folder(tiny_bilm: Path, tmp_path: Path) -> Path:
    """A copy of a complete biLM folder, to damage."""
    return Path(shutil.copytree(tiny_bilm, tmp_path / "bilm"))


def outcome(read: Callable[[], object]) -> str:
    """Return ``read``, or the place that an InputError names; any other error passes on."""
    try:
        read()
    except InputError as error:
        return error.where
    return "read"


def write(files: BiLMFiles, folder: Path) -> None:
    """Write what was read."""
    folder.mkdir()
    assert files.softmax is not None
    write_bilm(
        folder,
        files.options,
        files.weights,
        softmax=(files.softmax.weights, files.softmax.bias),
        vocabulary=list(files.softmax.index),
        card={"name": files.name, "lowercase": files.lowercase},
    )


def test_what_is_written_is_read_again(tiny_bilm: Path, tmp_path: Path) -> None:
    """Options, weights, softmax, vocabulary and card survive a round trip without a changed bit."""
    first = read_bilm(tiny_bilm)
    write(first, tmp_path / "again")
    second = read_bilm(tmp_path / "again")
    assert first.options == second.options
    assert (first.name, first.lowercase) == (second.name, second.lowercase) == ("tiny", True)
    assert list(weight_shapes(first.options)) == list(first.weights) == list(second.weights)
    for name, array in first.weights.items():
        assert np.float32 == array.dtype
        assert array.tobytes() == second.weights[name].tobytes()
    assert first.softmax is not None
    assert second.softmax is not None
    assert first.softmax.weights.tobytes() == second.softmax.weights.tobytes()
    assert first.softmax.bias.tobytes() == second.softmax.bias.tobytes()
    assert first.softmax.index == second.softmax.index


def test_the_same_biLM_is_written_as_the_same_bytes(tiny_bilm: Path, tmp_path: Path) -> None:
    """Two writings have the same digest, which is what a model or a cache is recognised by."""
    for name in ("a", "b"):
        write(read_bilm(tiny_bilm), tmp_path / name)
    assert read_bilm(tmp_path / "a").digest == read_bilm(tmp_path / "b").digest


@pytest.mark.parametrize("name", ["model.json", "options.json", "softmax.hdf5", "vocabulary.txt", "weights.hdf5"])
def test_every_file_is_in_the_digest(folder: Path, name: str) -> None:
    """One changed byte in any file changes the digest, and so does the file's name."""
    before = digest_files(model_files(folder))
    assert read_bilm(folder).digest == before
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert before != digest_files(model_files(folder))
    renamed = (folder / name).rename(folder / "renamed")
    (folder / name).write_bytes(renamed.read_bytes())
    assert digest_files([folder / name]) != digest_files([renamed])


def test_the_fixture_of_allennlp_is_read(shared: Path) -> None:
    """A published folder's layout: float32 arrays, options with integer clips, no card and no softmax."""
    options = read_options(shared / "elmo" / "options.json")
    assert Options(((1, 4), (2, 8), (3, 16), (4, 32), (5, 64)), char_dim=4, n_highway=2, dim=64, projection_dim=16) == (
        options
    )
    weights = read_weights(shared / "elmo" / "lm_weights.hdf5", options)
    assert (261, 4) == weights["char_embed"].shape
    assert (32, 256) == weights[f"{CELL}/W_0"].shape


def test_a_biLM_without_softmax_is_for_embedding(folder: Path) -> None:
    """Published weights come without softmax, vocabulary and card: they read, cased, with the folder's name."""
    for name in ("softmax.hdf5", "vocabulary.txt", "model.json"):
        (folder / name).unlink()
    files = read_bilm(folder)
    assert (None, False, "bilm") == (files.softmax, files.lowercase, files.name)


OPTIONS = st.builds(
    Options,
    filters=st.lists(st.tuples(st.integers(1, 7), st.integers(1, 512)), min_size=1, max_size=5).map(tuple),
    char_dim=st.integers(1, 32),
    n_highway=st.integers(0, 3),
    max_characters=st.integers(7, 60),
    activation=st.sampled_from(["relu", "tanh"]),
    dim=st.integers(1, 4096),
    projection_dim=st.integers(1, 512),
    n_layers=st.integers(1, 3),
    cell_clip=st.none() | st.floats(0.1, 10),
    proj_clip=st.none() | st.floats(0.1, 10),
    use_skip_connections=st.booleans(),
)


@given(options=OPTIONS)
def test_options_survive_a_round_trip(tmp_path_factory: pytest.TempPathFactory, options: Options) -> None:
    """Any architecture is written in AllenNLP's layout and read back equal."""
    path = tmp_path_factory.getbasetemp() / "options.json"
    path.write_text(json.dumps(options.to_json()))
    assert options == read_options(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
PLACES = [("lstm",), ("char_cnn",), *(("lstm", key) for key in Options(((1, 1),)).to_json()["lstm"])] + [
    ("char_cnn", key) for key in ("activation", "filters", "n_highway", "embedding", "max_characters_per_token")
]


@given(place=st.sampled_from(PLACES), value=JSON)
@example(place=("lstm", "dim"), value=float("inf"))
@example(place=("char_cnn", "filters"), value=[])
@example(place=("char_cnn", "max_characters_per_token"), value=3)
def test_odd_options_are_an_input_error_or_options(
    tmp_path_factory: pytest.TempPathFactory, place: tuple[str, ...], value: object
) -> None:
    """Whatever JSON stands in a setting's place, reading gives options or one line that names the file."""
    content = Options(((1, 4), (5, 8))).to_json()
    where = content if len(place) == 1 else content[place[0]]
    where[place[-1]] = value
    path = tmp_path_factory.getbasetemp() / "odd_options.json"
    path.write_text(json.dumps(content))
    assert outcome(lambda: read_options(path)) in ("read", str(path))


def remove(name: str) -> Damage:
    """Return a damage: a file is missing."""
    return lambda folder: (folder / name).unlink()


def truncate(name: str) -> Damage:
    """Return a damage: only the first half of a file was copied."""
    return lambda folder: (folder / name).write_bytes(
        (folder / name).read_bytes()[: (folder / name).stat().st_size // 2]
    )


def replace(name: str, text: str) -> Damage:
    """Return a damage: a file holds something else."""
    return lambda folder: (folder / name).write_text(text, encoding="utf-8")


def into_a_folder(name: str) -> Damage:
    """Return a damage: a folder stands where a file should."""

    def damage(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return damage


def store(file: str, name: str, value: Callable[[Any], Any] | None) -> Damage:
    """Return a damage: an array is replaced by a function of it, or is missing."""

    def damage(folder: Path) -> None:
        with h5py.File(folder / file, "r+") as stream:
            array = stream[name][...]
            del stream[name]
            if value is not None:
                stream[name] = value(array)

    return damage


def into_a_group(folder: Path) -> None:
    """Damage: a group stands where an array should."""
    with h5py.File(folder / "weights.hdf5", "r+") as stream:
        del stream["char_embed"]
        stream.create_group("char_embed")


def with_nan(array: Any) -> Any:
    """Return the array with one value that is not a number."""
    array = array.copy()
    array.flat[0] = np.nan
    return array


def with_infinity(array: Any) -> Any:
    """Return the array with one infinite value."""
    array = array.copy()
    array.flat[-1] = np.inf
    return array


def edit_options(**lstm: Any) -> Damage:
    """Return a damage: options of another biLM."""

    def damage(folder: Path) -> None:
        content = json.loads((folder / "options.json").read_text())
        content["lstm"].update(lstm)
        (folder / "options.json").write_text(json.dumps(content))

    return damage


def edit_vocabulary(change: Callable[[list[str]], list[str]]) -> Damage:
    """Return a damage: other lines in the vocabulary."""

    def damage(folder: Path) -> None:
        lines = (folder / "vocabulary.txt").read_text().split("\n")[:-1]
        (folder / "vocabulary.txt").write_text("\n".join(change(lines)) + "\n")

    return damage


@pytest.mark.parametrize(
    ("damage", "file", "what"),
    [
        pytest.param(remove("options.json"), "options.json", "no such file", id="no-options"),
        pytest.param(remove("weights.hdf5"), "weights.hdf5", "no such file", id="no-weights"),
        pytest.param(remove("softmax.hdf5"), "softmax.hdf5", "no such file", id="vocabulary-alone"),
        pytest.param(remove("vocabulary.txt"), "vocabulary.txt", "cannot read", id="softmax-alone"),
        pytest.param(into_a_folder("options.json"), "options.json", "cannot be read", id="options-folder"),
        pytest.param(into_a_folder("model.json"), "model.json", "cannot be read", id="card-folder"),
        pytest.param(truncate("options.json"), "options.json", "not a JSON file", id="half-options"),
        pytest.param(truncate("model.json"), "model.json", "not a JSON file", id="half-card"),
        pytest.param(truncate("weights.hdf5"), "weights.hdf5", "damaged or not HDF5", id="half-weights"),
        pytest.param(truncate("softmax.hdf5"), "softmax.hdf5", "damaged or not HDF5", id="half-softmax"),
        pytest.param(replace("weights.hdf5", ""), "weights.hdf5", "damaged or not HDF5", id="empty-weights"),
        pytest.param(replace("weights.hdf5", "version https"), "weights.hdf5", "damaged or not HDF5", id="pointer"),
        pytest.param(replace("options.json", "[]"), "options.json", "not a JSON object", id="options-list"),
        pytest.param(replace("options.json", "{}"), "options.json", "not ELMo options", id="options-empty"),
        pytest.param(replace("options.json", "lstm: 1"), "options.json", "not a JSON file", id="options-yaml"),
        pytest.param(store("weights.hdf5", "char_embed", None), "weights.hdf5", "no array char_embed", id="no-array"),
        pytest.param(into_a_group, "weights.hdf5", "no array char_embed", id="group"),
        pytest.param(
            store("weights.hdf5", "char_embed", lambda array: array[:-1]), "weights.hdf5", "has shape", id="fewer-rows"
        ),
        pytest.param(
            store("weights.hdf5", "CNN_proj/W_proj", np.transpose), "weights.hdf5", "has shape", id="transposed"
        ),
        pytest.param(
            store("weights.hdf5", f"{CELL}/B", lambda array: np.full(array.shape, b"x")),
            "weights.hdf5",
            "damaged",
            id="text",
        ),
        pytest.param(store("weights.hdf5", f"{CELL}/W_0", with_nan), "weights.hdf5", "not finite", id="nan"),
        pytest.param(store("softmax.hdf5", "softmax/b", with_infinity), "softmax.hdf5", "not finite", id="infinity"),
        pytest.param(
            store("softmax.hdf5", "softmax/W", lambda array: array[:, 1:]), "softmax.hdf5", "has shape", id="narrow"
        ),
        pytest.param(edit_options(dim=13), "weights.hdf5", "has shape", id="other-options"),
        pytest.param(edit_options(n_layers=3), "weights.hdf5", "no array", id="more-layers"),
        pytest.param(edit_options(n_layers=0), "options.json", "not ELMo options", id="no-layers"),
        pytest.param(edit_vocabulary(lambda words: [*words, words[5]]), "vocabulary.txt", "twice", id="word-twice"),
        pytest.param(edit_vocabulary(lambda words: [*words, "extra"]), "softmax.hdf5", "has shape", id="more-words"),
        pytest.param(edit_vocabulary(lambda words: words[:-1]), "softmax.hdf5", "has shape", id="fewer-words"),
        pytest.param(edit_vocabulary(lambda words: words[1:]), "vocabulary.txt", "lacks <S>", id="no-begin"),
        pytest.param(edit_vocabulary(lambda words: words[2:]), "vocabulary.txt", "lacks <S> </S>", id="no-marks"),
    ],
)
def test_damage_is_one_line_that_names_the_file(folder: Path, damage: Damage, file: str, what: str) -> None:
    """Each kind of damage is an InputError that names the file and says what is wrong, on one line."""
    read_bilm(folder)
    damage(folder)
    with pytest.raises(InputError) as caught:
        read_bilm(folder)
    assert str(folder / file) == caught.value.where
    assert what in caught.value.what
    assert 1 == len(str(caught.value).splitlines())


def test_a_missing_folder_is_named() -> None:
    """A folder that does not exist is an InputError with its path."""
    with pytest.raises(InputError, match=r"^none/such: no such biLM folder; give"):
        read_bilm(Path("none/such"))


def test_latin_1_vocabulary(folder: Path) -> None:
    """A vocabulary that is not UTF-8 is an InputError, not a wrong reading."""
    (folder / "vocabulary.txt").write_bytes("<S>\n</S>\n<UNK>\ncafé\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"vocabulary\.txt: cannot read the vocabulary"):
        read_bilm(folder)


@pytest.mark.slow
def test_no_overwritten_stretch_of_a_file_is_more_than_an_input_error(folder: Path) -> None:
    """Weights with 64 bytes overwritten anywhere are read (as numbers) or refused; nothing else is raised."""
    path = folder / "weights.hdf5"
    content = path.read_bytes()
    outcomes = set()
    for start in range(0, len(content), 127):
        path.write_bytes(content[:start] + b"\xff" * 64 + content[start + 64 :])
        outcomes.add(outcome(lambda: read_bilm(folder)))
    assert {"read", str(path)} == outcomes


WORD = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=6).filter(
    lambda word: not word.startswith("<")
)


@given(words=st.lists(WORD, unique=True, max_size=6))
def test_a_vocabulary_is_one_word_a_line(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    """Only line ends part words: published vocabularies hold words with rare separators inside."""
    path = tmp_path_factory.getbasetemp() / "vocabulary.txt"
    listed = ["<S>", "</S>", "<UNK>", *words]
    for end in ("\n", "\r\n"):
        path.write_text("".join(word + end for word in listed), encoding="utf-8", newline="")
        assert listed == read_vocabulary(path)
