"""WebVTT and SubRip captions -> the turns of all speakers they name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.captions import read_captions
from adscreen.ingest.conversation import Conversation


def read(text: str) -> Conversation:
    """Read captions of a file a.vtt."""
    return read_captions(text, file="a.vtt")


def spoken(text: str) -> list[tuple[str, str]]:
    """Return speaker and words of every utterance."""
    return [(u.speaker, " ".join(word.text for word in u.words)) for u in read(text).utterances]


def test_cues_have_times_and_lines() -> None:
    """An utterance has the times of its cue, with or without hours, and the line of its times."""
    (first, second) = read(
        "WEBVTT\n\nintro\n00:01.500 --> 00:02.000 align:start\nThe boy.\n\n01:00:00,5 --> 01:00:01,000\nHe fell."
    ).utterances
    assert (1500, 2000, 4) == (first.start_ms, first.end_ms, first.line)
    assert (3_600_500, 3_601_000, 7) == (second.start_ms, second.end_ms, second.line)


@pytest.mark.parametrize(
    ("cue", "expected"),
    [
        ("<v Anna>the boy</v>", [("Anna", "the boy")]),
        ("<v.loud Anna B>the boy", [("Anna B", "the boy")]),
        ("<v Anna>the boy\n<v Ben>and he", [("Anna", "the boy"), ("Ben", "and he")]),
        ("<v Anna>the boy <v Ben>and he", [("Anna", "the boy"), ("Ben", "and he")]),
        ("[SPEAKER_00]: the boy", [("SPEAKER_00", "the boy")]),
        ("PAR: the boy\nis here", [("PAR", "the boy is here")]),
        ("<i>the</i> &amp; <c.red>boy</c> {\\an8}so", [("PAR", "the boy so")]),
        ("the boy: 5 < 6", [("PAR", "the boy 5 6")]),
    ],
)
def test_speakers_and_markup(cue: str, expected: list[tuple[str, str]]) -> None:
    """Voice tags, labels and brackets name the speaker; other markup is no speech."""
    assert expected == spoken(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{cue}\n")


def test_blocks_that_are_no_cue_hold_no_speech() -> None:
    """NOTE, STYLE and REGION are left out."""
    text = "WEBVTT - title\n\nNOTE\nnot this\n\nSTYLE\n::cue {}\n\n00:01.000 --> 00:02.000\nthe boy\n"
    assert [("PAR", "the boy")] == spoken(text)


def test_a_sentence_over_cues_is_one_utterance() -> None:
    """Cues are cut by width; the sentence is whole, with the times of both."""
    (utterance,) = read(
        "1\n00:00:01,000 --> 00:00:02,000\nThe boy\n\n2\n00:00:02,000 --> 00:00:03,000\nfell."
    ).utterances
    assert (1000, 3000) == (utterance.start_ms, utterance.end_ms)


def test_numbers_without_a_blank_line_before_them_are_no_words() -> None:
    """Where the blank line between cues is missing, the next cue's number is not speech."""
    assert [("PAR", "the boy"), ("PAR", "and he")] == spoken(
        "1\n00:00:01,000 --> 00:00:02,000\nthe boy\n2\n00:00:02,000 --> 00:00:03,000\nand he\n"
    )


def test_unreadable_times_keep_their_words() -> None:
    """The words of a cue without times stay; that is said with its line."""
    conversation = read("WEBVTT\n\n0:0:x --> 00:02.000\nthe boy\n")
    assert ["the", "boy"] == [word.text for word in conversation.utterances[0].words]
    assert [3] == [diagnostic.line for diagnostic in conversation.diagnostics]
    assert [None] == [utterance.start_ms for utterance in conversation.utterances]


def test_cues_out_of_order_and_overlapping_are_reported() -> None:
    """Backward cues are put in order; overlapping ones are named."""
    conversation = read("WEBVTT\n\n00:05.000 --> 00:07.000\nb\n\n00:01.000 --> 00:06.000\na\n")
    assert ["a", "b"] == [u.raw for u in conversation.utterances]
    assert [
        "1 segments start before the one above; put in order of time",
        "1 segments start before the speaker's last one ends",
    ] == [d.what for d in conversation.diagnostics]


def test_turns_of_unnamed_people_are_reported() -> None:
    """Dashes say that several people speak, but not who."""
    conversation = read("WEBVTT\n\n00:01.000 --> 00:02.000\n- The boy.\n- Where?\n")
    assert ["The boy", "Where"] == [" ".join(w.text for w in u.words) for u in conversation.utterances]
    assert ["1 cues mark a change of speaker, and nothing names the speakers"] == [
        d.what for d in conversation.diagnostics
    ]


@given(st.text(alphabet=st.characters() | st.sampled_from("0123456789:.,->\n <v"), max_size=120))
def test_any_text_is_read(text: str) -> None:
    """No input raises."""
    read("WEBVTT\n\n" + text)
