"""Every reader reads or refuses whatever a file holds; what fuzzing found once is read again; the harness finds faults.

`make fuzz` looks for new faults for as long as one likes. These tests are its quick part: the same mutators with the
same choices in every run, and the inputs kept in corpus/.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import harness
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.records import Diagnostic, Event, Pause, Transcript, Utterance, Word

# Of each input that was found: its reader, its file, and what it showed.
INDEX = [line.split("\t") for line in (harness.CORPUS / "index.tsv").read_text(encoding="utf-8").splitlines()]
LIMIT = 20.0  # seconds; here only what never ends is a hang
QUICK = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
WORD = Word("boy", raw="boy", start_ms=10, end_ms=20)
UTTERANCE = Utterance("PAR", "Participant", (WORD,), start_ms=10, end_ms=20)
READ = Transcript("S01", "S01", (UTTERANCE,), "PAR")


def _with_word(**changes: Any) -> Transcript:
    return replace(READ, utterances=(replace(UTTERANCE, words=(replace(WORD, **changes),)),))


def _with_utterance(**changes: Any) -> Transcript:
    return replace(READ, utterances=(replace(UTTERANCE, **changes),))


BROKEN: dict[str, Transcript] = {
    "an utterance ends before it starts": _with_utterance(start_ms=30),
    "an utterance has a time below 0": _with_utterance(start_ms=-1),
    "a word ends before it starts": _with_word(start_ms=30),
    "a word has a time that is no whole number": _with_word(end_ms=20.5),
    "a word is empty or holds a space or control character": _with_word(text="a\tboy"),
    "a pause or event lies outside its utterance": _with_utterance(events=(Event(2, "laughs"),)),
    "a pause has no length": _with_utterance(pauses=(Pause(0, "timed", -0.1),)),
    "the participant says no word": replace(READ, participant="INV"),
    "a diagnostic holds transcript text": replace(READ, diagnostics=(Diagnostic("a", 1, "the Zebrafinch"),)),
    "a diagnostic is not one line": replace(READ, diagnostics=(Diagnostic("a", 1, "one\ntwo"),)),
    "cannot be written: PydanticSerializationError": _with_utterance(raw="\ud83d"),
    "cannot be read back": replace(READ, language=3),  # type: ignore[arg-type]
    "is not the same once written and read back": _with_utterance(pauses=(Pause(0, "timed", float("nan")),)),
}


@pytest.mark.parametrize("reader", harness.READERS)
@given(chance=st.randoms(use_true_random=True), data=st.data())
@settings(QUICK)
def test_what_is_changed_at_random_is_read_or_refused(reader: str, chance: Random, data: st.DataObject) -> None:
    """A seed that is changed once or several times breaks no promise of its reader."""
    content = data.draw(st.sampled_from(harness.load_seeds(reader)))
    words = harness.load_words(reader)
    for _ in range(data.draw(st.integers(1, 3))):
        content = harness.READERS[reader](content, chance, words)
    assert () == harness.probe(reader, content, limit=LIMIT).faults


@pytest.mark.parametrize(("reader", "name"), [row[:2] for row in INDEX])
def test_what_fuzzing_found_stays_fixed(reader: str, name: str) -> None:
    """An input that once broke a promise breaks none now."""
    content = (harness.CORPUS / reader / name).read_bytes()
    assert () == harness.probe(reader, content, limit=LIMIT).faults


def test_the_index_lists_the_corpus() -> None:
    """Each input is listed once, under a reader that exists, with a word on what it showed."""
    files = sorted((path.parent.name, path.name) for path in harness.CORPUS.glob("*/*"))
    assert files == sorted((reader, name) for reader, name, _ in INDEX)
    assert {reader for reader, _, _ in INDEX} <= harness.READERS.keys()
    assert all(showed for _, _, showed in INDEX)


def test_each_reader_has_seeds_with_the_marker() -> None:
    """The folder of seeds and the list of readers agree; words of the speech are looked for in messages."""
    assert sorted(harness.READERS) == sorted(path.name for path in harness.SEEDS.iterdir())
    without = [reader for reader in harness.READERS if harness.MARKER not in harness.load_words(reader)]
    assert ["rttm"] == without  # it holds no words


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_each_broken_promise_is_seen(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transcript that breaks one promise has that fault."""
    monkeypatch.setattr(harness, "read_transcript", lambda *_, **__: BROKEN[fault])
    assert fault in harness.probe("text", b"").faults


def test_a_sound_transcript_has_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """The transcript that the broken ones are made of is read, without fault."""
    monkeypatch.setattr(harness, "read_transcript", lambda *_, **__: READ)
    reading = harness.probe("text", b"")
    assert (True, ()) == (reading.read, reading.faults)


def _raise(error: BaseException) -> Callable[..., Transcript]:
    def read(*_: Any, **__: Any) -> Transcript:
        raise error

    return read


def test_errors_are_told_from_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """An InputError is a refusal, unless it holds words of the transcript; any other error is a fault."""
    expected = {
        InputError("the file is empty", where="S01"): (),
        InputError("nobody named; words per speaker: Zebrafinch 3", where="S01"): (),
        InputError("no time in `a zebrafinch`", where="S01"): ("an error holds transcript text",),
        ValueError("no time"): ("ValueError in harness",),
    }
    found = {}
    for error in expected:
        monkeypatch.setattr(harness, "read_transcript", _raise(error))
        found[error] = harness.probe("text", b"").faults
    assert expected == found


def test_two_readings_that_differ_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes read differently the second time are a fault."""
    readings = iter([READ, replace(READ, language="eng")])
    monkeypatch.setattr(harness, "read_transcript", lambda *_, **__: next(readings))
    assert ("two readings differ",) == harness.probe("text", b"").faults


def test_a_reading_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that goes on and on, and that catches every Exception, is a hang."""

    def read(*_: Any, **__: Any) -> Transcript:
        while True:
            try:
                sum(range(1000))
            except Exception:
                continue

    monkeypatch.setattr(harness, "read_transcript", read)
    assert ("hang",) == harness.probe("text", b"", limit=0.1).faults


@pytest.mark.parametrize("mutator", sorted(set(harness.READERS.values()), key=lambda mutator: mutator.__name__))
@given(content=st.binary(max_size=40), chance=st.randoms(use_true_random=True))
@settings(max_examples=40, derandomize=True)
def test_a_mutator_takes_any_bytes(mutator: harness.Mutator, content: bytes, chance: Random) -> None:
    """Content of another format, or of none, is changed too or left as it is."""
    assert isinstance(mutator(content, chance, ["word"]), bytes)


@pytest.mark.parametrize("reader", harness.READERS)
def test_a_mutator_changes_its_format_and_keeps_it(reader: str) -> None:
    """The same chance gives the same bytes; most differ from the seed and begin like it."""
    (seed, *_), words = harness.load_seeds(reader), harness.load_words(reader)
    mutate = harness.READERS[reader]
    changed = [mutate(seed, Random(number), words) for number in range(60)]
    assert changed == [mutate(seed, Random(number), words) for number in range(60)]
    assert 40 < sum(content != seed for content in changed)
    assert 30 < sum(content[:1] == seed[:1] for content in changed)


def test_the_campaign_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """``--help`` needs no Atheris and says how it is used."""
    with pytest.raises(SystemExit) as ended:
        importlib.import_module("campaign").main(["--help"])
    assert 0 == ended.value.code
    assert capsys.readouterr().out.startswith("usage: campaign.py")
