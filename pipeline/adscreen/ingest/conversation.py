"""What a reader found in one file: the turns of all speakers -> whose speech is to be screened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from adscreen.errors import InputError
from adscreen.records import Diagnostic, Utterance

PARTICIPANT_ROLES = frozenset({"Participant", "Target_Adult", "Target_Child", "Subject", "Patient"})
INTERVIEWER_ROLES = frozenset(
    "Investigator Interviewer Examiner Experimenter Clinician Therapist Doctor Observer Camera_Operator Media".split()
)
LONGEST = "longest"
_BY_DEFAULT = "export it again, with the words in it"
_REMEDIES = {  # for a file in which nothing was said
    "chat": "begin each turn with its speaker, as in *PAR: or *INV:",
    "text": "write one turn per line, as in PAR: or Interviewer:",
    "docx": "write one turn per paragraph, as in PAR: or Interviewer:",
    "vtt": "write the words of each cue below its times",
    "srt": "write the words of each cue below its times",
    "elan": "annotate the words on a tier without parent, or on its child",
    "textgrid": "write the words in the intervals of a tier",
    "table": "write one turn per row, its words in the column `text`",
    "excel": "write one turn per row, its words in the column `text`",
}
UNLABELLED = "UNKNOWN"  # the speaker of what a recogniser ascribed to nobody, beside speakers that it named


@dataclass(frozen=True, slots=True)
class Conversation:
    """The utterances of one file in order, whoever spoke; ``language`` and ``task`` where the file states them.

    ``format`` names the reader where the file alone does not tell it (JSON of one recogniser or another);
    ``duration_ms`` is how long the recording is, where the file states it.
    """

    utterances: tuple[Utterance, ...]
    language: str | None = None
    task: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    format: str = ""
    duration_ms: int | None = None

    def word_counts(self) -> dict[str, int]:
        """Words per speaker code, in order of first appearance."""
        counts: Counter[str] = Counter()
        for utterance in self.utterances:
            counts[utterance.speaker] += len(utterance.words)
        return dict(counts)

    def roles(self) -> dict[str, str]:
        """The role of each speaker code, empty where the file gives none."""
        return {utterance.speaker: utterance.role for utterance in self.utterances}


def choose_participant(
    conversation: Conversation,
    *,
    where: str,
    format: str = "chat",
    speaker: str | None = None,
    default_speaker: str | None = None,
) -> str:
    """Return the code of the participant: ``speaker`` if given, else by role, else the only one who may be it.

    ``default_speaker`` decides where more than one may be it. Either may be LONGEST: of those who may be it, who speaks
    longest, in time where all turns have times, else in words. An interviewer is never chosen unless named; ``format``
    is the file's, for the remedy. Raises InputError where nobody or more than one person comes into question, and where
    the participant says no word.
    """
    counts = conversation.word_counts()
    if not counts:
        raise InputError("no utterance", where=where, remedy=_REMEDIES.get(format, _BY_DEFAULT))
    if speaker and (speaker.strip().casefold() != LONGEST or LONGEST in map(str.casefold, counts)):
        participant = _named(speaker, counts, where=where)
    else:
        candidates = _candidates(conversation.roles(), counts, where=where)
        participant = candidates[0] if len(candidates) == 1 else ""
        participant = participant or _choose(conversation, candidates, speaker or default_speaker, where=where)
    if counts[participant] == 0 and _is_untranscribed(conversation, participant):
        raise InputError(
            f"the speech of the participant {participant} is not transcribed: every line with speech is marked www",
            where=where,
            remedy="transcribe it, or leave the recording out of the manifest",
        )
    if counts[participant] == 0:
        raise InputError(
            f"the participant {participant} says no word; words per speaker: {_listed(counts)}", where=where
        )
    return participant


def _named(speaker: str, counts: Mapping[str, int], *, where: str) -> str:
    wanted = speaker.strip().strip("*:").casefold()
    for code in counts:
        if code.casefold() == wanted:
            return code
    raise InputError(
        f"no speaker {speaker!r}; words per speaker: {_listed(counts)}",
        where=where,
        remedy="correct the manifest column `speaker`",
    )


def _candidates(roles: Mapping[str, str], counts: Mapping[str, int], *, where: str) -> list[str]:
    """Those who may be the participant: by role, else all but interviewers; without the silent, if others speak."""
    candidates = [code for code, role in roles.items() if role in PARTICIPANT_ROLES or (code == "PAR" and not role)]
    candidates = candidates or [code for code, role in roles.items() if not _is_interviewer(code, role)]
    candidates = [code for code in candidates if code != UNLABELLED] or candidates
    if not candidates:
        raise InputError(
            f"holds only the interviewer; words per speaker: {_listed(counts)}",
            where=where,
            remedy="name the participant in the manifest column `speaker` if one of these is it",
        )
    return [code for code in candidates if counts[code]] or candidates[:1]


def _choose(conversation: Conversation, candidates: list[str], choice: str | None, *, where: str) -> str:
    counts = conversation.word_counts()
    if choice is None:
        raise InputError(
            f"more than one speaker may be the participant: {_listed({code: counts[code] for code in candidates})}",
            where=where,
            remedy=f"write the participant's name into the manifest column `speaker`, or `{LONGEST}`",
        )
    if choice.strip().casefold() != LONGEST:
        return _named(choice, counts, where=where)
    times: Counter[str] = Counter()
    for utterance in conversation.utterances:
        if utterance.start_ms is None or utterance.end_ms is None:
            return max(candidates, key=lambda code: counts[code])
        times[utterance.speaker] += utterance.end_ms - utterance.start_ms
    return max(candidates, key=lambda code: (times[code], counts[code]))


def _is_interviewer(code: str, role: str) -> bool:
    return role in INTERVIEWER_ROLES or (not role and code.upper().startswith(("INV", "INT")))


def _is_untranscribed(conversation: Conversation, speaker: str) -> bool:
    """Tell whether a speaker says nothing but CHAT's ``www``, by which a transcriber leaves speech out."""
    own = [utterance.raw.split() for utterance in conversation.utterances if utterance.speaker == speaker]
    return any("www" in tokens for tokens in own)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {count}" for code, count in counts.items())
