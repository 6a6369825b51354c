"""A Transcript -> the participant's sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.main_line import parse_main_line
from adscreen.ingest.plain_text import read_text
from adscreen.records import Sentence, Transcript, Utterance, View, Word, WordKind
from adscreen.speech import Cleaning, clean_tokens, marks_pauses, participant_utterances, split_sentences
from adscreen.words import split_text, tokenize


def transcript_of(*utterances: Utterance) -> Transcript:
    """Return a transcript whose participant is PAR."""
    return Transcript("r", "s", utterances, "PAR")


def line(text: str, speaker: str = "PAR") -> Utterance:
    """Return a parsed CHAT line."""
    return parse_main_line(text, speaker=speaker).utterance


def tokens(transcript: Transcript, view: View) -> list[tuple[str, ...]]:
    """Return the tokens of each sentence."""
    return [sentence.tokens for sentence in split_sentences(transcript, view=view)]


def test_the_interviewer_is_never_in_a_view() -> None:
    """Only the participant's utterances become sentences, numbered from 0."""
    transcript = transcript_of(line("what ?", "INV"), line("the boy ."), line("more ?", "INV"), line("he fell ."))
    assert (Sentence("r", 0, ("the", "boy")), Sentence("r", 1, ("he", "fell"))) == split_sentences(transcript)


def test_excluded_utterances_are_left_out() -> None:
    """``[+ exc]`` keeps an utterance in the transcript and out of every view."""
    transcript = transcript_of(line("can I stop ? [+ exc]"), line("he fell ."))
    assert [("he", "fell")] == tokens(transcript, "spoken") == tokens(transcript, "fluent")
    assert (transcript.utterances[1],) == participant_utterances(transcript)


def test_the_two_views() -> None:
    """``spoken`` has all that was uttered; ``fluent`` leaves out disfluency and puts targets in."""
    transcript = transcript_of(line("&-uh <he's on> [//] he is [/] is &+s gonna [: going to] fall &~eek ."))
    assert ["uh he's on he is is s gonna fall eek".split()] == [list(t) for t in tokens(transcript, "spoken")]
    assert ["he is going to fall".split()] == [list(t) for t in tokens(transcript, "fluent")]


def test_sentences_keep_the_index_of_their_utterance() -> None:
    """An utterance without tokens in a view stays as an empty sentence, so the two views align."""
    transcript = transcript_of(line("&-uh ."), line("0 ."), line("he fell ."))
    assert [("uh",), (), ("he", "fell")] == tokens(transcript, "spoken")
    assert [(), (), ("he", "fell")] == tokens(transcript, "fluent")
    assert [0, 1, 2] == [sentence.index for sentence in split_sentences(transcript, view="fluent")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ice_cream", ("ice", "cream")),
        ("ice+cream", ("ice", "cream")),
        ("L_C_D_", ("LCD",)),
        ("merry-go-round", ("merry", "go", "round")),
        ("mm-hmm", ("mm-hmm",)),
        ("don’t", ("don't",)),
        ("1942_1950", ("1942_1950",)),
        ("&-you_know", ("you", "know")),
        ("a_la_mode [: with+ice_cream]", ("a", "la", "mode")),
    ],
)
def test_a_token_is_a_word_as_pretraining_knows_it(text: str, expected: tuple[str, ...]) -> None:
    """Compounds, hyphens and initials are split and joined by the one shared normalisation."""
    assert [expected] == tokens(transcript_of(line(f"{text} .")), "spoken")


def test_targets_are_normalised_too() -> None:
    """The words of a replacement pass the same normalisation."""
    assert [("with", "ice", "cream")] == tokens(transcript_of(line("a_la_mode [: with+ice_cream] .")), "fluent")


@given(st.text("abcdIL'-_.,? 019", max_size=40))
def test_plain_text_passes_unchanged(text: str) -> None:
    """The spoken view of plain text is what the shared normalisation makes of its sentences."""
    transcript = Transcript("r", "s", read_text(text, file="a.txt").utterances, "PAR")
    sentences = split_text(" ".join(text.split()))
    expected = [tuple(token.text for token in tokenize(sentence)) for sentence in sentences]
    assert expected == tokens(transcript, "spoken")


WORDS = st.builds(
    Word,
    text=st.sampled_from(["boy", "ice_cream", "uh"]),
    target=st.sampled_from([(), ("girl",), ("",)]),
    kind=st.sampled_from(["word", "filler", "fragment", "nonword"]),
    retraced=st.booleans(),
    repeated=st.booleans(),
)


@given(st.lists(st.lists(WORDS, max_size=6).map(tuple), max_size=5))
def test_views_have_one_sentence_an_utterance(said: list[tuple[Word, ...]]) -> None:
    """Both views have as many sentences as utterances, and no token is empty."""
    transcript = transcript_of(*(Utterance("PAR", "Participant", words) for words in said))
    spoken, fluent = tokens(transcript, "spoken"), tokens(transcript, "fluent")
    assert len(said) == len(spoken) == len(fluent)
    assert all(token for sentence in spoken + fluent for token in sentence)


@pytest.mark.parametrize(
    ("source_format", "times", "expected"),
    [
        ("chat", (None, None), True),
        ("", (None, None), True),
        ("text", (None, None), False),
        ("whisper", (None, None), False),
        ("whisper", (0, None), False),
        ("whisper", (0, 100), True),
    ],
)
def test_pauses_are_seen_in_chat_and_where_words_have_times(
    source_format: str, times: tuple[int | None, int | None], expected: bool
) -> None:
    """A recogniser's text without times of words hides silences, so their absence is not zero."""
    word = Word("so", start_ms=times[0], end_ms=times[1])
    other = Utterance("INV", "Investigator", (Word("so", start_ms=0, end_ms=9),))
    transcript = Transcript("r", "s", (Utterance("PAR", "", (word,)), other), "PAR", source_format=source_format)
    assert expected == marks_pauses(transcript)


@pytest.mark.parametrize(
    ("view", "words"),
    [  # by hand
        ("spoken", "uh the the boy fallin ba wa goed"),
        ("spoken_without_fillers", "the the boy fallin ba wa goed"),
        ("spoken_with_targets", "uh the the boy falling ba wa went"),
        ("fluent", "the boy falling went"),
        ("fluent_with_fillers", "uh the boy falling went"),
        ("fluent_without_targets", "the boy fallin goed"),
    ],
)
def test_each_cleaning_reads_its_own_words(view: str, words: str) -> None:
    """Fillers, repairs (repeats, fragments, nonwords) and targets are left out or put in, each by itself."""
    said = (
        Word("uh", kind="filler"),
        Word("the", repeated=True),
        Word("the"),
        Word("boy"),
        Word("fallin", target=("falling",)),
        Word("ba", kind="nonword"),
        Word("wa", kind="fragment"),
        Word("well", kind="excluded"),
        Word("goed", target=("went",)),
    )
    (sentence,) = split_sentences(transcript_of(Utterance("PAR", "Participant", said)), view=view)
    assert tuple(words.split()) == sentence.tokens


@given(
    kind=st.sampled_from(["word", "filler", "fragment", "nonword", "excluded"]),
    target=st.sampled_from([(), ("",), ("falling",), ("going", "to")]),
    retraced=st.booleans(),
    repeated=st.booleans(),
)
def test_a_cleaning_that_reads_more_reads_no_less(
    kind: WordKind, target: tuple[str, ...], retraced: bool, repeated: bool
) -> None:
    """Keeping fillers, or repairs, never takes a word away; nothing reads an excluded one."""
    word = Word("fallin", kind=kind, target=target, retraced=retraced, repeated=repeated)
    for targets in (False, True):
        read = {
            (fillers, repairs): len(clean_tokens(word, Cleaning(fillers=fillers, repairs=repairs, targets=targets)))
            for fillers in (False, True)
            for repairs in (False, True)
        }
        assert read[False, False] <= min(read[True, False], read[False, True])
        assert max(read[True, False], read[False, True]) <= read[True, True]
        assert kind != "excluded" or {0} == set(read.values())
