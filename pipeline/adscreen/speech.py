"""A Transcript -> the participant's sentences, in one view of the speech.

``spoken`` is all that was uttered. ``fluent`` is what the speaker meant to say: fillers, fragments, nonwords, retraced
and repeated words are left out and the transcriber's targets are put in (CHAT manual, "Scoped symbols"). Published work
cleans in other ways too, between the two: each is a ``Cleaning``, and CLEANINGS names them. None reads a word that the
transcriber excluded (``[e]``). A token is one word as adscreen.words defines it: a compound
(``ice_cream``) or initials (``L_C_D_``) read as they do in pretraining.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from adscreen.records import Sentence, Transcript, Utterance, Word
from adscreen.words import tokenize


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """What is read of a participant's words: the choices in which studies differ.

    ``fillers``: words of kind filler. ``repairs``: fragments, nonwords, retraced and repeated words. ``targets``: the
    transcriber's target, where there is one, in place of the word as uttered; a nonword with a target is then a word.
    """

    fillers: bool
    repairs: bool
    targets: bool


SPOKEN = Cleaning(fillers=True, repairs=True, targets=False)
FLUENT = Cleaning(fillers=False, repairs=False, targets=True)
CLEANINGS = {
    "spoken": SPOKEN,
    "spoken_without_fillers": Cleaning(fillers=False, repairs=True, targets=False),
    "spoken_with_targets": Cleaning(fillers=True, repairs=True, targets=True),
    "fluent": FLUENT,
    "fluent_with_fillers": Cleaning(fillers=True, repairs=False, targets=True),
    "fluent_without_targets": Cleaning(fillers=False, repairs=False, targets=False),
}


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


def split_sentences(transcript: Transcript, *, view: str = "spoken") -> tuple[Sentence, ...]:
    """Return one Sentence per utterance of the participant, with no tokens where the view leaves none.

    ``view`` is a name of CLEANINGS. Sentence ``i`` of any view belongs to ``participant_utterances(transcript)[i]``.
    """
    cleaning = CLEANINGS[view]
    return tuple(
        Sentence(
            transcript.recording_id,
            index,
            tuple(token for word in utterance.words for token in clean_tokens(word, cleaning)),
        )
        for index, utterance in enumerate(participant_utterances(transcript))
    )


def spoken_tokens(word: Word) -> tuple[str, ...]:
    """The tokens of a word as it was uttered, none where the transcriber excluded it (``[e]``)."""
    return clean_tokens(word, SPOKEN)


def fluent_tokens(word: Word) -> tuple[str, ...]:
    """The tokens that a word is meant to be, none where it is a disfluency, excluded, or a nonword without a target."""
    return clean_tokens(word, FLUENT)


def clean_tokens(word: Word, cleaning: Cleaning) -> tuple[str, ...]:
    """The tokens of a word that a cleaning reads, none where it leaves the word out."""
    replaced = word.target if cleaning.targets else ()
    if word.kind == "excluded" or (word.kind == "filler" and not cleaning.fillers):
        return ()
    disfluent = word.kind == "fragment" or word.retraced or word.repeated or (word.kind == "nonword" and not replaced)
    if disfluent and not cleaning.repairs:
        return ()
    return tuple(token for text in replaced or (word.text,) for token in _tokens(text))


@lru_cache(maxsize=65_536)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenize(text))
