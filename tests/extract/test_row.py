"""A row from a cache is the row that would be computed, and is computed again wherever it might differ."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adscreen.bilm.engines import Reader
from adscreen.cohort import Recording, read_cohort
from adscreen.extract import extraction
from adscreen.extract.cache import TAG
from adscreen.extract.extraction import ExtractSettings, extract_recordings
from adscreen.extract.row import Extracted, pack_row, recording_key, unpack_row
from adscreen.features.norms import parse_norms

TEXT = (
    "@UTF8\n@Begin\n@Participants:\tPAR Participant\n"
    "*PAR:\tthe boy &-um falls [: is falling] (.) .\n*PAR:\txxx .\n@End\n"
)


@pytest.fixture
def recordings(tmp_path: Path) -> list[Recording]:
    """A transcript with marks and an empty sentence, plain text, and a file that is missing."""
    (tmp_path / "a.cha").write_text(TEXT)
    (tmp_path / "b.txt").write_text("The zebra is up on the stool. Mother runs.\n")
    return [Recording(k, f"r{k}", "s", tmp_path / name) for k, name in enumerate(("a.cha", "b.txt", "none.cha"))]


@pytest.fixture
def settings(tiny_bilm: Path, tmp_path: Path) -> ExtractSettings:
    """The small biLM with a cache."""
    return ExtractSettings(tiny_bilm, cache=tmp_path / "cache")


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of recordings that the biLM reads, call by call."""
    counts: list[int] = []
    measure = extraction.measure_chunk

    def count(recordings: list[Recording], settings: ExtractSettings, **options: Any) -> list[Extracted]:
        counts.append(len(recordings))
        return measure(recordings, settings, **options)

    monkeypatch.setattr(extraction, "measure_chunk", count)
    return counts


def entries(settings: ExtractSettings) -> list[Path]:
    """Return the entries of the settings' cache."""
    assert settings.cache
    return [path for path in settings.cache.rglob("*") if path.is_file() and path.name != TAG]


def test_a_row_is_packed_and_unpacked(recordings: list[Recording], settings: ExtractSettings) -> None:
    """Transcript, inputs in their order, perplexities and arrays come back as they were."""
    for row in list(extract_recordings(recordings[:2], replace(settings, cache=None))):
        assert repr(row) == repr(unpack_row(row.recording, pack_row(row)))
        states = {"tokens": ["a"], "states": np.arange(6, dtype=np.float32).reshape(2, 3), "elmo.0": 1.0}
        found = unpack_row(row.recording, pack_row(replace(row, inputs=states)))
        assert list(states) == list(found.inputs)
        assert repr(states) == repr(found.inputs)


def test_the_second_run_computes_nothing(
    recordings: list[Recording], settings: ExtractSettings, read_again: list[int]
) -> None:
    """Rows are the same without a cache, with an empty one and with a full one; what is unreadable is tried again."""
    expected = list(map(repr, extract_recordings(recordings, replace(settings, cache=None))))
    for _ in range(2):
        assert expected == list(map(repr, extract_recordings(recordings, settings)))
    assert [3, 3, 1] == read_again
    assert 2 == len(entries(settings))


def test_only_what_changed_is_computed(
    recordings: list[Recording], settings: ExtractSettings, read_again: list[int]
) -> None:
    """A changed file, another layer, another subject and another participant are computed; the rest is not."""
    list(extract_recordings(recordings[:2], settings))
    recordings[0].transcript.write_text(TEXT.replace("boy", "girl"))
    (row, _) = extract_recordings(recordings[:2], settings)
    assert "girl" in row.inputs["tokens"]
    list(extract_recordings(recordings[:2], replace(settings, layer="1")))
    list(extract_recordings([replace(recordings[1], subject_id="other")], settings))
    list(extract_recordings([replace(recordings[0], speaker="PAR")], settings))
    list(extract_recordings([replace(recordings[0], row=9, label="case", age=70.0)], settings))
    assert [2, 1, 2, 1, 1] == read_again


def test_a_damaged_entry_is_computed_again(
    recordings: list[Recording], settings: ExtractSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """The row is right, a line says so, and the entry is mended."""
    expected = list(map(repr, extract_recordings(recordings[:1], settings)))
    (path,) = entries(settings)
    sound = path.read_bytes()
    path.write_bytes(sound[:-1])
    with caplog.at_level(logging.WARNING):
        assert expected == list(map(repr, extract_recordings(recordings[:1], settings)))
    assert "is damaged and is computed again" in caplog.text
    assert sound == path.read_bytes()


def test_names_in_the_cache_tell_nothing(recordings: list[Recording], settings: ExtractSettings) -> None:
    """No recording, subject or word stands in a file's name."""
    list(extract_recordings(recordings[:2], settings))
    names = "".join(str(path.relative_to(settings.cache or "")) for path in entries(settings))
    assert set("0123456789abcdef/.entry") >= set(names)


def test_word_norms_are_a_part_of_the_key(
    recordings: list[Recording], settings: ExtractSettings, read_again: list[int]
) -> None:
    """A row without norms is not taken for one with them, nor one with another value."""
    one, other = (parse_norms(f"word,aoa\nzebra,{value}\n", source="n.csv") for value in (3, 4))
    for norms in ((), (one,), (other,), (one,)):
        rows = list(extract_recordings(recordings[:2], replace(settings, norms=norms)))
        assert bool(norms) == ("lexical.aoa_mean" in rows[0].inputs)
    assert [2, 2, 2] == read_again


def test_a_shared_file_gives_each_recording_its_own_key(tmp_path: Path, settings: ExtractSettings) -> None:
    """A table that holds two recordings has one digest and two keys; a change of the table changes both."""
    path = tmp_path / "all.csv"
    path.write_text("subject_id,speaker,text\na,PAR,the boy falls\nb,PAR,the girl laughs\n")
    recordings = [Recording(k, name, name, path) for k, name in enumerate("ab")]
    keys = [recording_key(recording, view="spoken") for recording in recordings]
    assert 2 == len(set(keys))
    path.write_text("subject_id,speaker,text\na,PAR,the boy falls\nb,PAR,the girl laughed\n")
    os.utime(path, ns=(1, 1))
    assert not set(keys) & {recording_key(recording, view="spoken") for recording in recordings}
    assert recording_key(Recording(1, "c", "c", tmp_path / "none.csv")) is None


def test_processes_fill_one_cache(
    simulated: Path, settings: ExtractSettings, monkeypatch: pytest.MonkeyPatch, read_again: list[int]
) -> None:
    """Two processes write the entries that one reads."""
    monkeypatch.setattr(extraction, "CHUNK", 4)
    recordings = read_cohort(simulated / "held_out.csv").recordings
    expected = list(map(repr, extract_recordings(recordings, settings, jobs=2)))
    assert expected == list(map(repr, extract_recordings(recordings, settings)))
    assert [] == read_again


def test_the_biLM_is_not_loaded_where_nothing_is_missing(
    recordings: list[Recording],
    settings: ExtractSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Starting an engine may take seconds: a full cache does without it."""
    list(extract_recordings(recordings[:2], settings))

    def refuse(*arguments: object, **options: object) -> Reader:
        raise AssertionError("an engine was started")

    monkeypatch.setattr(extraction, "load_bilm", refuse)
    assert 2 == len(list(extract_recordings(recordings[:2], settings)))
