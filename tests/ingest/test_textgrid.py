"""A Praat TextGrid, long or short -> the turns of all speakers whose tiers it holds."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation
from adscreen.ingest.textgrid import BREAK_MS, read_textgrid

Interval = tuple[float, float, str]


def short(*tiers: tuple[str, list[Interval]]) -> str:
    """Return a TextGrid in the short form."""
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "0", "9", "<exists>", str(len(tiers))]
    for name, intervals in tiers:
        lines += ['"IntervalTier"', f'"{name}"', "0", "9", str(len(intervals))]
        lines += [f"{start}\n{end}\n{quoted(text)}" for start, end, text in intervals]
    return "\n".join(lines)


def long(*tiers: tuple[str, list[Interval]]) -> str:
    """Return the same in the long form."""
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", "xmax = 9", "tiers? <exists> "]
    lines += [f"size = {len(tiers)} ", "item []: "]
    for number, (name, intervals) in enumerate(tiers, start=1):
        lines += [f"    item [{number}]:", '        class = "IntervalTier" ', f'        name = "{name}" ']
        lines += ["        xmin = 0 ", "        xmax = 9 ", f"        intervals: size = {len(intervals)} "]
        for position, (start, end, text) in enumerate(intervals, start=1):
            lines += [f"        intervals [{position}]:", f"            xmin = {start} ", f"            xmax = {end} "]
            lines.append(f"            text = {quoted(text)} ")
    return "\n".join(lines)


def quoted(text: str) -> str:
    """Write a text as Praat does."""
    return '"' + text.replace('"', '""') + '"'


def read(text: str) -> Conversation:
    """Read a file a.TextGrid."""
    return read_textgrid(text, file="a.TextGrid", where="x/a.TextGrid")


def spoken(text: str) -> list[tuple[str, str]]:
    """Return speaker and words of every utterance."""
    return [(u.speaker, " ".join(word.text for word in u.words)) for u in read(text).utterances]


def test_a_tier_is_a_speaker() -> None:
    """Intervals with text are utterances of the tier's name, in order of time over all tiers."""
    tiers = (("PAR", [(0, 1, ""), (1, 2, "the boy"), (4, 5, "fell")]), ("INV", [(2, 3, "yes?")]))
    for written in (short(*tiers), long(*tiers)):
        assert [("PAR", "the boy"), ("INV", "yes"), ("PAR", "fell")] == spoken(written)
        assert () == read(written).diagnostics


def test_words_time_their_phrase() -> None:
    """A tier of words gives the words of the phrase tier their times, and makes no second copy."""
    words = [(0.0, 0.5, "the"), (0.5, 1.0, "BOY"), (1.0, 2.0, "")]
    (utterance,) = read(short(("words", words), ("phones", [(0, 1, "ð")]), ("phrase", [(0, 2, "The boy.")]))).utterances
    assert ["The", "boy"] == [word.text for word in utterance.words]
    assert [(0, 500), (500, 1000)] == [(word.start_ms, word.end_ms) for word in utterance.words]


def test_words_alone_are_parted_at_long_silences() -> None:
    """Where nothing marks utterances, a silence of BREAK_MS does; shorter ones are pauses."""
    gap = BREAK_MS / 1000
    words = [(0, 1, "the"), (1.5, 2, "boy"), (2, 2 + gap, "sil"), (2 + gap, 4, "fell"), (4, 5, "<p:>")]
    (first, second) = read(short(("words", words))).utterances
    assert ("the boy", [0.5]) == (first.raw, [pause.seconds for pause in first.pauses])
    assert ("fell", [gap]) == (second.raw, [pause.seconds for pause in second.pauses])


def test_aligned_tiers_name_their_speaker() -> None:
    """Forced aligners write ``anna - words`` and ``anna - phones``."""
    text = short(("anna - words", [(0, 1, "the"), (1, 2, "spn")]), ("anna - phones", [(0, 1, "ð")]))
    (utterance,) = read(text).utterances
    assert ("anna", ["the"], 1) == (utterance.speaker, [w.text for w in utterance.words], utterance.unintelligible)


def test_false_counts_and_a_lost_end_are_no_harm() -> None:
    """Sizes are not believed, and a file cut short keeps what it has and says so."""
    text = short(("PAR", [(0, 1, "the boy"), (1, 2, "fell")]))
    assert spoken(text) == spoken(text.replace("\n1\n", "\n99999999999\n", 1))
    cut = read(text[: text.rindex("fell")])
    assert ["the boy"] == [u.raw for u in cut.utterances]
    assert ["a text without its closing quote; what follows it was not read"] == [d.what for d in cut.diagnostics]


@pytest.mark.parametrize("tiers", [(), (("phones", [(0, 1, "ð")]),), (("PAR", [(0, 1, "")]),)])
def test_without_words_it_is_refused(tiers: tuple[tuple[str, list[Interval]], ...]) -> None:
    """A file without a tier of speech is an input error that says what to name it."""
    with pytest.raises(InputError, match=r"no tier holds words; name a tier `words`"):
        read(short(*tiers))


TEXTS = st.text(st.sampled_from('ab "\n5.<>'), max_size=8)


@given(st.lists(st.tuples(st.integers(0, 99), TEXTS), min_size=1, max_size=6))
def test_both_forms_read_alike(items: list[tuple[int, str]]) -> None:
    """Whatever the texts hold, quotes, numbers and line breaks included, long and short form give the same."""
    intervals = [(start / 10, start / 10 + 1, f"x {text}") for start, text in items]
    assert read(short(("PAR", intervals))).utterances == read(long(("PAR", intervals))).utterances


@given(st.text(alphabet=st.characters() | st.sampled_from('"IntervalTier 0123.\n<>'), max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but an InputError is raised."""
    with suppress(InputError):
        read('File type = "ooTextFile"\nObject class = "TextGrid"\n' + text)
