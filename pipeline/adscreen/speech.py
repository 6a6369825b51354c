"""A Transcript -> the participant's sentences, in one view of the speech.

``spoken`` is all that was uttered. ``fluent`` is what the speaker meant to say: fillers, fragments, nonwords, retraced
and repeated words are left out and the transcriber's targets are put in (CHAT manual, "Scoped symbols"). Neither view
reads a word that the transcriber excluded (``[e]``). A token is one word as adscreen.words defines it: a compound
(``ice_cream``) or initials (``L_C_D_``) read as they do in pretraining.
"""

from __future__ import annotations

from functools import lru_cache

from adscreen.records import Sentence, Transcript, Utterance, View, Word
from adscreen.words import tokenize


def participant_utterances(transcript: Transcript) -> tuple[Utterance, ...]:
    """The participant's utterances in order, without those that the transcriber excluded from analysis."""
    return tuple(
        utterance
        for utterance in transcript.utterances
        if utterance.speaker == transcript.participant and not utterance.excluded
    )


def marks_pauses(transcript: Transcript) -> bool:
    """Tell whether a silence would be seen: CHAT transcribers mark it, elsewhere the times of words show it."""
    if transcript.source_format in ("chat", ""):  # empty: made in code
        return True
    words = (word for utterance in participant_utterances(transcript) for word in utterance.words)
    return any(word.start_ms is not None and word.end_ms is not None for word in words)


def split_sentences(transcript: Transcript, *, view: View = "spoken") -> tuple[Sentence, ...]:
    """Return one Sentence per utterance of the participant, with no tokens where the view leaves none.

    So sentence ``i`` of either view belongs to ``participant_utterances(transcript)[i]``.
    """
    read = spoken_tokens if view == "spoken" else fluent_tokens
    return tuple(
        Sentence(transcript.recording_id, index, tuple(token for word in utterance.words for token in read(word)))
        for index, utterance in enumerate(participant_utterances(transcript))
    )


def spoken_tokens(word: Word) -> tuple[str, ...]:
    """The tokens of a word as it was uttered, none where the transcriber excluded it (``[e]``)."""
    return () if word.kind == "excluded" else _tokens(word.text)


def fluent_tokens(word: Word) -> tuple[str, ...]:
    """The tokens that a word is meant to be, none where it is a disfluency, excluded, or a nonword without a target."""
    if word.kind in ("filler", "fragment", "excluded") or word.retraced or word.repeated:
        return ()
    if word.kind == "nonword" and not word.target:
        return ()
    return tuple(token for text in word.target or (word.text,) for token in _tokens(text))


@lru_cache(maxsize=65_536)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenize(text))
