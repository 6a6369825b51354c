"""Transcript -> what of it is not read as the participant's words, and why: other people, exclusions, marks.

Nothing leaves unseen: a page lists it all, so that a reader can tell a wrong reading from a wrong score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from adscreen.records import Transcript, Utterance, View, Word
from adscreen.scoring.recording_report import Omission, OtherSpeaker, Removed, RemovedUtterance, ReportWord, WordMark
from adscreen.speech import fluent_tokens, participant_utterances, spoken_tokens

EXCLUDED = "the transcriber excluded it from analysis"
EXCLUDED_WORD = "the transcriber excluded them from analysis"
_DISFLUENT: dict[WordMark, str] = {
    "filler": "words that fill a pause",
    "fragment": "words broken off",
    "retraced": "words that the speaker corrected",
    "repeated": "words that the speaker repeated",
    "nonword": "sounds that are no words",
}
_MEANT = "the language model reads what was meant"


def describe_removed(transcript: Transcript, *, view: View) -> Removed:
    """Return what is left out of a transcript whose words are read in ``view``."""
    kept = participant_utterances(transcript)
    return Removed(
        words=sum(len(spoken_tokens(word)) for utterance in kept for word in utterance.words),
        utterances=tuple(
            RemovedUtterance(report_words(utterance.words), EXCLUDED, utterance.start_ms, utterance.end_ms)
            for utterance in transcript.utterances
            if utterance.speaker == transcript.participant and utterance.excluded
        ),
        others=_others(transcript),
        omissions=tuple(
            omission
            for omission in (*_marks(kept), *(_disfluencies(kept) if view == "fluent" else ()))
            if omission.count
        ),
    )


def report_words(words: Iterable[Word]) -> tuple[ReportWord, ...]:
    """Return words as a page shows them."""
    return tuple(ReportWord(word.text, mark_of(word), " ".join(word.target)) for word in words)


def mark_of(word: Word) -> WordMark:
    """Return the one mark that a page gives a word."""
    if word.kind == "excluded":
        return word.kind
    return "retraced" if word.retraced else "repeated" if word.repeated else word.kind


def _others(transcript: Transcript) -> tuple[OtherSpeaker, ...]:
    """Return everybody but the participant, who says most first."""
    theirs: dict[tuple[str, str], list[int]] = {}
    for utterance in transcript.utterances:
        if utterance.speaker != transcript.participant:
            counts = theirs.setdefault((utterance.speaker, utterance.role), [0, 0])
            counts[0] += 1
            counts[1] += sum(len(spoken_tokens(word)) for word in utterance.words)
    speakers = [OtherSpeaker(speaker, role, *counts) for (speaker, role), counts in theirs.items()]
    return tuple(sorted(speakers, key=lambda other: (-other.words, other.speaker, other.role)))


def _marks(utterances: tuple[Utterance, ...]) -> tuple[Omission, ...]:
    return (
        Omission("pauses", sum(len(u.pauses) for u in utterances), "measured as silence, not read as words"),
        Omission("other sounds", sum(len(u.events) for u in utterances), "laughter, coughs and the like are no words"),
        Omission("stretches that could not be made out", sum(u.unintelligible for u in utterances), "nothing to read"),
        Omission(
            "words marked as excluded",
            sum(word.kind == "excluded" for u in utterances for word in u.words),
            EXCLUDED_WORD,
        ),
        Omission("words noted as left out", sum(u.omissions for u in utterances), "they were not said"),
    )


def _disfluencies(utterances: tuple[Utterance, ...]) -> tuple[Omission, ...]:
    """Return what the fluent view drops: each word by the first rule that holds, as `adscreen ingest` counts them."""
    words = [word for utterance in utterances for word in utterance.words]
    dropped = Counter(_rule(word) for word in words if not fluent_tokens(word) and spoken_tokens(word))
    return tuple(Omission(name, dropped[mark], _MEANT) for mark, name in _DISFLUENT.items())


def _rule(word: Word) -> WordMark:
    return word.kind if word.kind in ("filler", "fragment") else mark_of(word)
