"""The turns of all speakers -> whose speech is screened."""

from __future__ import annotations

import pytest

from adscreen.errors import InputError
from adscreen.ingest.conversation import Conversation, choose_participant
from adscreen.records import Utterance, Word


def talk(*turns: tuple[str, str, int]) -> Conversation:
    """Return a conversation of (speaker, role, number of words)."""
    return Conversation(tuple(Utterance(code, role, (Word("so"),) * count) for code, role, count in turns))


@pytest.mark.parametrize(
    ("conversation", "participant"),
    [
        (talk(("INV", "Investigator", 9), ("PAR", "Participant", 2)), "PAR"),
        (talk(("MOT", "Mother", 9), ("CHI", "Target_Child", 2)), "CHI"),
        (talk(("INV", "Investigator", 9), ("206", "Subject", 2)), "206"),
        (talk(("SPO", "Target_Adult", 9), ("LSN", "Adult", 2)), "SPO"),
        (talk(("INV", "", 9), ("PAR", "", 2)), "PAR"),
        (talk(("REL", "", 9), ("PAR", "", 2)), "PAR"),
        (talk(("INV", "", 9), ("S12", "", 2)), "S12"),
        (talk(("GUY", "", 2)), "GUY"),
        (talk(("PAR", "Participant", 3), ("PA2", "Participant", 0)), "PAR"),
    ],
)
def test_the_participant_is_told_by_role_code_or_exclusion(conversation: Conversation, participant: str) -> None:
    """A participant's role decides, then the code PAR, then being the only one who is not the interviewer."""
    assert participant == choose_participant(conversation, where="a.cha")


@pytest.mark.parametrize("speaker", ["INV", "inv", "*INV:", " INV "])
def test_a_named_speaker_is_taken(speaker: str) -> None:
    """The manifest's speaker overrides the roles, however it is written."""
    conversation = talk(("INV", "Investigator", 9), ("PAR", "Participant", 2))
    assert "INV" == choose_participant(conversation, where="a.cha", speaker=speaker)


@pytest.mark.parametrize(
    ("conversation", "speaker", "message"),
    [
        (
            talk(("P01", "Participant", 3), ("P02", "Participant", 5)),
            None,
            "a.cha: more than one speaker may be the participant: P01 3, P02 5; "
            "write the participant's name into the manifest column `speaker`, or `longest`",
        ),
        (
            talk(("INV", "Investigator", 4)),
            None,
            "a.cha: holds only the interviewer; words per speaker: INV 4; "
            "name the participant in the manifest column `speaker` if one of these is it",
        ),
        (
            talk(("INV", "Investigator", 4), ("PAR", "Participant", 0)),
            None,
            "a.cha: the participant PAR says no word; words per speaker: INV 4, PAR 0",
        ),
        (
            talk(("INV", "Investigator", 4)),
            "PAR",
            "a.cha: no speaker 'PAR'; words per speaker: INV 4; correct the manifest column `speaker`",
        ),
        (talk(), None, "a.cha: no utterance; begin each turn with its speaker, as in *PAR: or *INV:"),
    ],
)
def test_what_cannot_be_told_is_an_error(conversation: Conversation, speaker: str | None, message: str) -> None:
    """The error lists the speakers with their words and names the remedy."""
    with pytest.raises(InputError) as caught:
        choose_participant(conversation, where="a.cha", speaker=speaker)
    assert message == str(caught.value)


def timed(code: str, count: int, start: int, end: int) -> Utterance:
    """Return an utterance of so many words and milliseconds."""
    return Utterance(code, "", (Word("so"),) * count, start_ms=start, end_ms=end)


def test_the_longest_speaker_is_who_speaks_longest_in_time() -> None:
    """Time decides where every turn has it; else words do; a speaker of that name comes first."""
    slow, quick = timed("A", 3, 0, 9000), timed("B", 9, 9000, 11_000)
    assert "A" == choose_participant(Conversation((slow, quick)), where="a", speaker="longest")
    untimed = Utterance("C", "", (Word("so"),))
    assert "B" == choose_participant(Conversation((slow, quick, untimed)), where="a", speaker="Longest")
    named = timed("longest", 1, 0, 1)
    assert "longest" == choose_participant(Conversation((slow, named)), where="a", speaker="longest")


def test_a_choice_for_files_that_do_not_tell() -> None:
    """``otherwise`` decides between two who may be it, and never against a role or for an interviewer."""
    both = Conversation((timed("A", 3, 0, 100), timed("B", 1, 0, 50)))
    assert ["A", "B"] == [choose_participant(both, where="a", default_speaker=choice) for choice in ("longest", "b")]
    roles = talk(("INV", "Investigator", 9), ("PAR", "Participant", 2))
    assert {"PAR"} == {choose_participant(roles, where="a", default_speaker=choice) for choice in ("longest", "INV")}
    assert "PAR" == choose_participant(roles, where="a", speaker="longest")
    assert "A" == choose_participant(talk(("A", "", 1), ("UNKNOWN", "", 9)), where="a")


@pytest.mark.parametrize("format", ["json", "vtt", "srt", "elan", "textgrid", "table", "excel", "text", "docx"])
def test_the_remedy_is_the_formats_own(format: str) -> None:
    """Where nothing was said, the remedy names what this format writes; only CHAT has tiers of speakers."""
    with pytest.raises(InputError) as caught:
        choose_participant(Conversation(()), where="a", format=format)
    assert caught.value.remedy
    assert "*PAR" not in str(caught.value)
