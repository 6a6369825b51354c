"""A transcript -> the cells of its row in ingest.csv: what was kept and what each rule of the fluent view removes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adscreen.records import Diagnostic, Transcript, Utterance, Word
from adscreen.speech import fluent_tokens, participant_utterances, spoken_tokens

_DETAILS = 20  # diagnostics spelt out in a cell; all are in transcripts.jsonl


def count_transcript(transcript: Transcript) -> dict[str, Any]:
    """Count what was kept and what each rule of the fluent view removes.

    A word is removed by the first rule that holds for it: filler, fragment, retraced, repeated, nonword without a
    target. So ``words_fluent`` is ``words_spoken`` minus the five and plus ``added_by_targets`` (negative where a
    target is shorter). A word that the transcriber excluded (``[e]``) is in neither. Words are tokens as
    adscreen.words defines them.
    """
    kept = participant_utterances(transcript)
    own = sum(utterance.speaker == transcript.participant for utterance in transcript.utterances)
    return {
        "format": transcript.source_format,
        "participant": transcript.participant,
        "utterances": len(kept),
        "utterances_excluded": own - len(kept),
        "utterances_of_others": len(transcript.utterances) - own,
        "words_of_others": sum(len(u.words) for u in transcript.utterances if u.speaker != transcript.participant),
        **_count_words(kept),
        **_count_marks(kept),
        "diagnostics": len(transcript.diagnostics),
        "details": _details(transcript.diagnostics),
        "source_digest": transcript.source_digest,
    }


def _count_words(utterances: Sequence[Utterance]) -> dict[str, int]:
    spoken = targets = excluded = errors = foreign = 0
    removed = {"fillers": 0, "fragments": 0, "retraced": 0, "repeated": 0, "nonwords": 0}
    for utterance in utterances:
        for word in utterance.words:
            count = len(spoken_tokens(word))
            spoken += count
            rule = "" if word.kind == "word" and not word.retraced and not word.repeated else _rule(word)
            if rule:
                removed[rule] += count
            elif word.target:
                targets += len(fluent_tokens(word)) - count
            excluded += word.kind == "excluded"
            errors += word.error is not None
            foreign += word.language is not None
    fluent = spoken - sum(removed.values()) + targets
    return {
        "words_spoken": spoken,
        **{f"removed_{rule}": count for rule, count in removed.items()},
        "added_by_targets": targets,
        "words_fluent": fluent,
        "words_excluded": excluded,
        "errors": errors,
        "foreign": foreign,
    }


def _rule(word: Word) -> str:
    """The rule that removes a word from the fluent view, empty where none does."""
    if word.kind == "excluded":
        return ""
    if word.kind == "filler":
        return "fillers"
    if word.kind == "fragment":
        return "fragments"
    if word.retraced or word.repeated:
        return "retraced" if word.retraced else "repeated"
    return "nonwords" if word.kind == "nonword" and not word.target else ""


def _count_marks(utterances: Sequence[Utterance]) -> dict[str, int]:
    return {
        "unintelligible": sum(utterance.unintelligible for utterance in utterances),
        "omissions": sum(utterance.omissions for utterance in utterances),
        "pauses": sum(len(utterance.pauses) for utterance in utterances),
        "events": sum(len(utterance.events) for utterance in utterances),
    }


def _details(diagnostics: Sequence[Diagnostic]) -> str:
    said = [f"line {item.line}: {item.what}" if item.line else item.what for item in diagnostics[:_DETAILS]]
    rest = len(diagnostics) - len(said)
    return "; ".join([*said, f"and {rest} more"] if rest else said)
