"""Speech -> fluency features."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.features import compute_features, prepare_speech
from adscreen.features.fluency import FLUENCY, pause_share
from adscreen.ingest import read_transcript
from adscreen.ingest.main_line import parse_main_line
from adscreen.ingest.pieces import Piece, Segment
from adscreen.ingest.segments import Layout, converse
from adscreen.records import Pause, Transcript, Utterance, Word

LINES = (
    "&-uh the boy [/] boy (.) is &+st on <the stool> [//] the chair +...",  # 10 words
    "he xxx wants &-um a cookie (2.5) (..) .",  # 5 words
    "what is it ?",  # 3 words
    "and then +/.",  # 2 words
)


def transcript(*lines: str | Utterance, source_format: str = "chat") -> Transcript:
    """Return a transcript of the participant's lines, in CHAT or parsed."""
    parsed = (parse_main_line(line, speaker="PAR").utterance if isinstance(line, str) else line for line in lines)
    return Transcript("r", "s", tuple(parsed), "PAR", source_format=source_format)


def fluency(*lines: str | Utterance, source_format: str = "chat") -> dict[str, float]:
    """Return the fluency features by their short names."""
    values = compute_features(transcript(*lines, source_format=source_format))
    return {name.removeprefix("fluency."): value for name, value in values.items() if name.startswith("fluency.")}


def test_hand_computed_values() -> None:
    """21 spoken words in four utterances; rates are per 100 words, shares over utterances."""
    values = fluency(*LINES)
    spoken = "uh the boy boy is st on the stool the chair he wants um a cookie what is it and then".split()
    assert 21 == len(spoken)
    expected = {
        "fillers": 100 * 2 / 21,
        "fragments": 100 * 1 / 21,
        "repetitions": 100 * 1 / 21,
        "retracings": 100 * 1 / 21,
        "unintelligible": 100 * 1 / 21,
        "pauses": 100 * 3 / 21,
        "long_pauses": 100 * 1 / 21,
        "pause_length": 2.5,
        "pause_time_share": math.nan,
        "speech_rate": math.nan,
        "words_per_utterance": 21 / 4,
        "trailing_off_share": 1 / 4,
        "interrupted_share": 1 / 4,
        "question_share": 1 / 4,
    }
    assert list(expected) == [feature.name for feature in FLUENCY]
    for name, value in expected.items():
        assert math.isclose(value, values[name]) or (math.isnan(value) and math.isnan(values[name])), name


def test_hand_computed_values_with_times() -> None:
    """11 spoken words in 3 s and 3 s, 2 more without times; pauses of 0.5, 2.5 and, before its utterance, 1 s."""
    first = Utterance(
        "PAR",
        "",
        (Word("um", kind="filler"), *(Word(text) for text in "the girl is there".split())),
        pauses=(Pause(1, "timed", 0.5), Pause(4, "timed", 2.5)),
        start_ms=1_000,
        end_ms=4_000,
    )
    second = Utterance(
        "PAR",
        "",
        (*(Word(text) for text in "ice_cream for the".split()), Word("b", kind="fragment"), Word("boy")),  # six tokens
        pauses=(Pause(0, "timed", 1.0),),
        terminator="question",
        retracings=1,
        start_ms=5_000,
        end_ms=8_000,
    )
    third = Utterance("PAR", "", (Word("I"), Word("think")), terminator="trailing_off", repetitions=2, unintelligible=1)
    expected = {
        "fillers": 100 * 1 / 13,
        "fragments": 100 * 1 / 13,
        "repetitions": 100 * 2 / 13,
        "retracings": 100 * 1 / 13,
        "unintelligible": 100 * 1 / 13,
        "pauses": 100 * 3 / 13,
        "long_pauses": 100 * 1 / 13,
        "pause_length": (0.5 + 2.5 + 1.0) / 3,
        "pause_time_share": (0.5 + 2.5) / (3 + 3),
        "speech_rate": 11 / (6 / 60),
        "words_per_utterance": 13 / 3,
        "trailing_off_share": 1 / 3,
        "interrupted_share": 0.0,
        "question_share": 1 / 3,
    }
    values = fluency(first, second, third)
    assert list(expected) == list(values)
    for name, value in expected.items():
        assert math.isclose(value, values[name]), name


def test_pauses_without_times() -> None:
    """(...) is long whatever its time; where one pause has no time, the share of pauses is not known, their mean is."""
    said = "the boy is up on the stool (...) and the (3.) girl (1.) is not ."
    timed = replace(parse_main_line(said, speaker="PAR").utterance, start_ms=0, end_ms=9_000)
    values = fluency(timed)
    assert math.isclose(100 * 2 / 12, values["long_pauses"])
    assert math.isclose(2.0, values["pause_length"])
    assert math.isnan(values["pause_time_share"])
    without = fluency(replace(timed, pauses=timed.pauses[1:]))
    assert math.isclose(4 / 9, without["pause_time_share"])
    assert 0.0 == fluency(replace(timed, pauses=()))["pause_time_share"]


@pytest.mark.parametrize("pauses", ["pauses", "long_pauses", "pause_time_share"])
def test_a_format_without_pauses_says_so(pauses: str) -> None:
    """Where no pause can be marked, none is counted as missing speech: NaN with the reason."""
    spoken = transcript(*LINES, source_format="text")
    (feature,) = [feature for feature in FLUENCY if feature.name == pauses]
    speech = prepare_speech(spoken)
    assert math.isnan(feature.value(speech))
    assert "the transcript marks no pauses" == feature.missing_reason(speech)


def test_twice_the_speech_has_the_same_rates() -> None:
    """Every fluency feature is a rate, a share or a mean: said twice over, none changes."""
    once, twice = fluency(*LINES), fluency(*LINES, *LINES)
    for name, value in once.items():
        assert math.isclose(value, twice[name]) or (math.isnan(value) and math.isnan(twice[name])), name


def test_only_the_participant_counts() -> None:
    """The interviewer's utterances, and those that the transcriber excluded, change nothing."""
    interviewer = parse_main_line("&-uh &-um (.) (.) can you tell me more ?", speaker="INV").utterance
    excluded = "&-uh (...) is that enough for you ? [+ exc]"
    alone, among = fluency(*LINES), fluency(LINES[0], interviewer, *LINES[1:], excluded)
    assert {k: v for k, v in alone.items() if k != "speech_rate"} == {
        k: v for k, v in among.items() if k != "speech_rate"
    }


def test_utterances_without_words_are_not_counted_as_utterances() -> None:
    """A line of events, or nothing, has no length and no ending; its pauses still are pauses."""
    with_empty, without = fluency(*LINES, "0 +...", "&=laughs (.) ."), fluency(*LINES)
    for name in ("words_per_utterance", "trailing_off_share", "interrupted_share", "question_share", "fillers"):
        assert without[name] == with_empty[name]
    assert with_empty["pauses"] > without["pauses"]


def test_words_per_minute() -> None:
    """Words over the time of the utterances that have one: 12 words in 2 s and 4 words in 6 s are 120 a minute."""
    twelve = Utterance("PAR", "", tuple(Word("boy") for _ in range(12)), start_ms=1_000, end_ms=3_000)
    four = Utterance("PAR", "", tuple(Word("boy") for _ in range(4)), start_ms=10_000, end_ms=16_000)
    untimed = Utterance("PAR", "", (Word("boy"),))
    assert math.isclose(120.0, fluency(twelve, four, untimed)["speech_rate"])
    for broken in (replace(twelve, end_ms=None), replace(twelve, start_ms=None), replace(twelve, end_ms=1_000)):
        assert math.isclose(40.0, fluency(broken, four)["speech_rate"])
        assert math.isnan(fluency(broken)["speech_rate"])


def test_plain_text_marks_no_pauses(tmp_path: Path) -> None:
    """The pause rate of plain text is NaN; of CHAT without pauses it is 0, and of CHAT with pauses a rate."""
    said = "the boy is on the stool and the water is running over"
    texts = {
        "plain.txt": f"{said}.\n",
        "none.cha": f"@Begin\n*PAR:\t{said} .\n@End\n",
        "some.cha": f"@Begin\n*PAR:\t{said.replace(' and', ' (..) and')} .\n@End\n",
    }
    rates = []
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        read = read_transcript(tmp_path / name, recording_id="r", subject_id="s")
        rates.append(compute_features(read)["fluency.pauses"])
    assert math.isnan(rates[0])
    assert 0.0 == rates[1]
    assert math.isclose(100 / 12, rates[2])


@pytest.mark.parametrize(("count", "is_nan"), [(0, True), (9, True), (10, False)])
def test_too_few_words_are_nan(count: int, is_nan: bool) -> None:
    """Below ten spoken words every feature is NaN, none is 0; from ten on those that the format allows are numbers."""
    values = fluency(f"{' '.join(['boy'] * count)} .", "&=laughs (.) .")
    for name in ("speech_rate", "pause_length", "pause_time_share"):  # no time is known
        assert math.isnan(values.pop(name))
    assert {is_nan} == {math.isnan(value) for value in values.values()}


WORD = st.builds(
    Word,
    text=st.sampled_from(["boy", "ice_cream", "uh", "xyz"]),
    kind=st.sampled_from(["word", "filler", "fragment", "nonword"]),
    repeated=st.booleans(),
)
UTTERANCE = st.builds(
    Utterance,
    speaker=st.sampled_from(["PAR", "INV"]),
    role=st.just(""),
    words=st.lists(WORD, max_size=12).map(tuple),
    terminator=st.sampled_from(["complete", "question", "trailing_off", "interrupted"]),
    unintelligible=st.integers(0, 2),
    repetitions=st.integers(0, 2),
    retracings=st.integers(0, 2),
    excluded=st.booleans(),
    start_ms=st.none() | st.integers(0, 100),
    end_ms=st.none() | st.integers(0, 100),
)


@given(said=st.lists(UTTERANCE, max_size=5), data=st.data())
def test_ranges_and_order(said: list[Utterance], data: st.DataObject) -> None:
    """Rates are at least 0, shares within [0, 1] and at most 1 together; the order of utterances does not matter."""
    values = fluency(*said)
    shares = [value for name, value in values.items() if name.endswith("_share")]
    if not any(map(math.isnan, shares)):
        assert all(0 <= share <= 1 for share in shares)
        assert sum(shares) <= 1 + 1e-12
    assert all(value >= 0 for value in values.values() if not math.isnan(value))
    shuffled = fluency(*data.draw(st.permutations(said)))
    for name, value in values.items():
        assert value == shuffled[name] or (math.isnan(value) and math.isnan(shuffled[name]))


def test_pauses_longer_than_their_utterance_are_left_out() -> None:
    """An utterance of 2 s with a pause of 3 s contradicts itself; the share is of the others, at most 1."""
    said = parse_main_line("the boy (3.) is up on the stool by the open window .", speaker="PAR").utterance
    short, long = replace(said, start_ms=0, end_ms=2_000), replace(said, start_ms=2_000, end_ms=6_000)
    assert math.isclose(3 / 4, fluency(short, long)["pause_time_share"])
    assert math.isnan(fluency(short)["pause_time_share"])


TIME = st.none() | st.integers(0, 9_000)
PIECES = st.builds(Piece, st.sampled_from(["so", "well.", "[pause 9 s]", "ice-cream"]), TIME, TIME)
SEGMENTS = st.builds(Segment, st.just("PAR"), st.lists(PIECES, min_size=1, max_size=8).map(tuple), TIME, TIME)


@given(st.lists(SEGMENTS, min_size=1, max_size=4), st.booleans())
def test_the_share_of_pauses_is_at_most_one(segments: list[Segment], by_sentence: bool) -> None:
    """Whatever times the pieces of a file have, in whatever order, and whatever pauses are written among them."""
    conversation = converse(segments, file="a", layout=Layout(by_sentence=by_sentence))
    speech = prepare_speech(Transcript("r", "s", conversation.utterances, "PAR", source_format="whisper"))
    share = pause_share(speech)
    assert math.isnan(share) or 0 <= share <= 1
    spans = [(own.start_ms, own.end_ms) for own in conversation.utterances]
    assert all(start is None or end is None or start <= end for start, end in spans)
