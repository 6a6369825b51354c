"""What of a transcript is not read as the participant's words is listed whole, with the reason."""

from __future__ import annotations

from adscreen.records import Event, Pause, Transcript, Utterance, Word
from adscreen.scoring.left_out import describe_removed, report_words
from adscreen.scoring.recording_report import Omission, OtherSpeaker, Removed, RemovedUtterance, ReportWord

SPEECH = Utterance(
    "PAR",
    "Participant",
    (
        Word("um", kind="filler"),
        Word("the", repeated=True),
        Word("the"),
        Word("wa", kind="fragment"),
        Word("boy", retraced=True),
        Word("uh", kind="filler", retraced=True),
        Word("gonna", target=("going", "to")),
        Word("fall"),
        Word("wug", kind="nonword"),
        Word("okay", kind="excluded"),
    ),
    pauses=(Pause(1, "short"), Pause(8, "long")),
    events=(Event(8, "laughs"),),
    omissions=3,
    unintelligible=4,
)
EXCLUDED = Utterance("PAR", "Participant", (Word("okay"), Word("done")), excluded=True, start_ms=1000, end_ms=1900)
ASKED = Utterance("INV", "Investigator", (Word("anything"), Word("else")))
TOLD = Utterance("FAM", "Family", (Word("she"), Word("likes"), Word("ice_cream")))
TRANSCRIPT = Transcript("R", "S", (ASKED, SPEECH, EXCLUDED, TOLD, ASKED), "PAR")
MARKS = (
    Omission("pauses", 2, "measured as silence, not read as words"),
    Omission("other sounds", 1, "laughter, coughs and the like are no words"),
    Omission("stretches that could not be made out", 4, "nothing to read"),
    Omission("words marked as excluded", 1, "the transcriber excluded them from analysis"),
    Omission("words noted as left out", 3, "they were not said"),
)


def test_spoken_view_reads_every_word() -> None:
    """Other people, exclusions and marks are listed; fillers, repeats and corrections are read."""
    expected = Removed(
        words=9,
        utterances=(
            RemovedUtterance(
                (ReportWord("okay", "word"), ReportWord("done", "word")),
                "the transcriber excluded it from analysis",
                1000,
                1900,
            ),
        ),
        others=(OtherSpeaker("INV", "Investigator", 2, 4), OtherSpeaker("FAM", "Family", 1, 4)),
        omissions=MARKS,
    )
    removed = describe_removed(TRANSCRIPT, view="spoken")
    assert sorted(expected.others, key=lambda other: other.speaker) == list(removed.others)
    assert (expected.words, expected.utterances, expected.omissions) == (
        removed.words,
        removed.utterances,
        removed.omissions,
    )


def test_fluent_view_counts_each_word_by_the_first_rule_that_holds() -> None:
    """A corrected filler is a filler, as `adscreen ingest` counts it; a word replaced by its target is not dropped."""
    omissions = {omission.what: omission.count for omission in describe_removed(TRANSCRIPT, view="fluent").omissions}
    assert {
        "words that fill a pause": 2,
        "words broken off": 1,
        "words that the speaker corrected": 1,
        "words that the speaker repeated": 1,
        "sounds that are no words": 1,
    } == {
        what: count
        for what, count in omissions.items()
        if what.startswith(("words that", "words broken", "sounds that"))
    }


def test_whoever_says_most_comes_first() -> None:
    """Speakers are counted apart and ordered by their words."""
    talkative = Transcript("R", "S", (TOLD, ASKED, ASKED, ASKED), "PAR")
    assert [("INV", 3, 6), ("FAM", 1, 4)] == [
        (other.speaker, other.utterances, other.words) for other in describe_removed(talkative, view="spoken").others
    ]


def test_nothing_removed_is_an_empty_list() -> None:
    """A transcript of one speaker's plain words has nothing to tell."""
    plain = Transcript("R", "S", (Utterance("PAR", "Participant", (Word("the"), Word("boy"))),), "PAR")
    for view in ("spoken", "fluent"):
        assert Removed(words=2) == describe_removed(plain, view=view)


def test_a_word_has_one_mark() -> None:
    """Correction before repetition before kind; the intended form is kept."""
    words = report_words(SPEECH.words)
    assert "filler repeated word fragment retraced retraced word word nonword excluded".split() == [
        word.mark for word in words
    ]
    assert "going to" == words[6].target
