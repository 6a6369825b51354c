"""What was written under a key is read again to the byte, or not at all."""

from __future__ import annotations

import logging
import math
import os
import stat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from adscreen.errors import InputError
from adscreen.extract import cache
from adscreen.extract.cache import TAG, VARIABLE, Cache, cache_key, choose_cache, open_cache

MODULE = "adscreen.extract.extraction"
KEY = cache_key(MODULE, of="a test")
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc.", max_size=5), inner, max_size=4),
    max_leaves=8,
)
ARRAYS = st.sampled_from([np.float32, np.float64, np.int64, np.bool_]).flatmap(
    lambda kind: arrays(kind, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    """An empty cache."""
    return open_cache(tmp_path / "cache")


def entries(kept: Cache) -> list[Path]:
    """Return the files of a cache, its tag left out."""
    return [path for path in kept.folder.rglob("*") if path.is_file() and path.name != TAG]


@given(content=st.dictionaries(st.text(max_size=6), TREES | ARRAYS | st.binary(max_size=30), max_size=6))
def test_what_is_written_is_read(content: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Text, numbers, NaN, lists, arrays of any shape and bytes come back as they were, in the same order."""
    kept = open_cache(tmp_path_factory.mktemp("cache"))
    kept.write(KEY, content)
    found = kept.read(KEY)
    assert found is not None
    assert list(content) == list(found)
    for name, value in content.items():
        if isinstance(value, np.ndarray):
            assert (value.dtype, value.shape, value.tobytes()) == (
                found[name].dtype,
                found[name].shape,
                found[name].tobytes(),
            )
        else:
            assert repr(value) == repr(found[name])  # as text, where NaN equals NaN


def test_numpy_scalars_become_numbers(kept: Cache) -> None:
    """A float32 or int64 comes back as the float or int of its value."""
    kept.write(KEY, {"a": np.float32(0.1), "b": [np.int64(3)], "c": np.float64(math.pi)})
    assert {"a": float(np.float32(0.1)), "b": [3], "c": math.pi} == kept.read(KEY)


def test_an_array_read_can_be_changed(kept: Cache) -> None:
    """It is a copy of its own, not a view of the file's bytes."""
    kept.write(KEY, {"a": np.zeros(3)})
    found = kept.read(KEY)
    assert found is not None
    found["a"][1] = 1.0
    assert [0.0, 1.0, 0.0] == found["a"].tolist()


@pytest.mark.parametrize("value", [object(), np.array([{}]), {1, 2}])
def test_what_json_and_arrays_cannot_hold_is_refused(kept: Cache, value: object) -> None:
    """Objects would need a pickle: they are a fault of the caller, and nothing is written."""
    with pytest.raises(TypeError, match="cannot be cached"):
        kept.write(KEY, {"a": value})
    assert [] == entries(kept)


def test_nothing_stored_is_none(kept: Cache) -> None:
    """A key that was never written is not an error."""
    assert kept.read(KEY) is None


@pytest.mark.parametrize("place", [0, 20, 50, 60, -1])
def test_a_damaged_entry_is_none_and_a_line(kept: Cache, caplog: pytest.LogCaptureFixture, place: int) -> None:
    """Any byte changed, in the head, the JSON or an array, is seen; the line names the key and no content."""
    kept.write(KEY, {"said": "xylophone", "a": np.arange(4.0)})
    (path,) = entries(kept)
    stored = bytearray(path.read_bytes())
    stored[place] ^= 1
    path.write_bytes(stored)
    with caplog.at_level(logging.WARNING):
        assert kept.read(KEY) is None
    assert f"cache entry {KEY[:12]}... is damaged and is computed again" in caplog.text
    assert "xylophone" not in caplog.text


@pytest.mark.parametrize("length", [0, 10, 40, 55, 80])
def test_a_cut_entry_is_none(kept: Cache, length: int) -> None:
    """An entry that a full disk cut short is none."""
    kept.write(KEY, {"a": np.arange(9.0)})
    (path,) = entries(kept)
    path.write_bytes(path.read_bytes()[:length])
    assert kept.read(KEY) is None
    kept.write(KEY, {"a": 1})
    assert {"a": 1} == kept.read(KEY)


def test_entries_are_for_their_owner_alone(kept: Cache) -> None:
    """Folders are 0700, files 0600; no name holds anything but a digest."""
    kept.write(KEY, {"said": "xylophone"})
    (path,) = entries(kept)
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (kept.folder, path.parent, path)]
    assert [0o700, 0o700, 0o600] == modes
    assert KEY == path.parent.name + path.stem


def test_a_failed_write_leaves_nothing(
    kept: Cache, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the entry cannot be put in place there is a line, no entry and no leftover; the run goes on."""

    def refuse(source: str, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    kept.write(KEY, {"a": 1})
    assert "the cache cannot be written (No space left on device)" in caplog.text
    assert [] == entries(kept)
    assert kept.read(KEY) is None


def write_often(folder: Path) -> None:
    """Write one key again and again; every reading in between must be whole."""
    kept = Cache(folder)
    content = {"a": np.arange(2000.0), "b": ["x"] * 50}
    for _ in range(40):
        kept.write(KEY, content)
        found = kept.read(KEY)
        assert found is not None
        assert content["b"] == found["b"]


def test_processes_may_share_a_cache(kept: Cache) -> None:
    """Two processes that write and read one key at once never see a half entry."""
    context = get_context("spawn")
    processes = [context.Process(target=write_often, args=(kept.folder,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [0, 0] == [process.exitcode for process in processes]
    assert 1 == len(entries(kept))


def test_a_key_depends_on_all_of_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order of the parts does not matter; a value, a library's version or the code does."""
    key = cache_key(MODULE, digest="ab", view="spoken", layer="mean")
    assert key == cache_key(MODULE, view="spoken", layer="mean", digest="ab")
    others = {
        cache_key(MODULE, digest="ab", view="fluent", layer="mean"),
        cache_key(MODULE, digest="ab", view="spoken"),
    }
    monkeypatch.setattr(cache, "library_versions", lambda: {"numpy": "0"})
    others.add(cache_key(MODULE, digest="ab", view="spoken", layer="mean"))
    monkeypatch.undo()
    monkeypatch.setattr(cache, "code_digest", lambda module: "other")
    others.add(cache_key(MODULE, digest="ab", view="spoken", layer="mean"))
    assert 4 == len(others)
    assert key not in others


def test_a_cache_is_named_by_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The option goes before the environment; without either there is none, for an entry holds a patient's words."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert choose_cache(None) is None
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert tmp_path == choose_cache(None)
    assert Path("named") == choose_cache(Path("named"))


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    """A folder that holds other files, or whose place is a file, is no cache: one line; a cache is opened again."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="holds files that are no cache"):
        open_cache(tmp_path)
    with pytest.raises(InputError, match="the cache cannot be made"):
        open_cache(tmp_path / "notes.txt" / "below")
    (tmp_path / "empty").mkdir()
    assert open_cache(tmp_path / "empty") == open_cache(tmp_path / "empty")
    assert (tmp_path / "empty" / TAG).read_bytes().startswith(b"Signature: 8a477f597d28d172789f06886806bc55")


def test_the_tag_is_the_standards() -> None:
    """The signature of https://bford.info/cachedir is the MD5 of ``.IsCacheDirectory``."""
    import hashlib

    digest = hashlib.md5(b".IsCacheDirectory", usedforsecurity=False).hexdigest()
    assert cache._TAG_TEXT.startswith(f"Signature: {digest}\n")
