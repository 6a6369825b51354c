"""Words that a recogniser repeats over and over -> flags and a diagnostic.

Recognisers that decode with a language model get caught in loops on silence and noise (Koenecke et al. 2024 on
Whisper's hallucinations). Some people do say a phrase again and again, so nothing is removed: the earlier copies are
marked as repeated, which the fluent view leaves out, and the listener is told where to listen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from adscreen.records import Diagnostic, Utterance

LONGEST = 12  # words of the phrase that comes again
COPIES = 4  # of the phrase in a row
WORDS = 8  # in all, so that "no no no no" is speech


def flag_loops(utterances: Sequence[Utterance], *, file: str) -> tuple[list[Utterance], list[Diagnostic]]:
    """Mark all but the last copy of each loop as repeated; loops may run over the ends of a speaker's utterances."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, utterance in enumerate(utterances):
        places[utterance.speaker] += [(number, position) for position in range(len(utterance.words))]
    flagged: dict[int, set[int]] = defaultdict(set)
    diagnostics: list[Diagnostic] = []
    for spoken in places.values():
        keys = [utterances[number].words[position].text.casefold() for number, position in spoken]
        for start, stop, length in find_loops(keys):
            for number, position in spoken[start : stop - length]:
                flagged[number].add(position)
            diagnostics.append(_diagnostic(utterances[spoken[start][0]], (stop - start) // length, length, file=file))
    return [_flag(utterance, flagged[number]) for number, utterance in enumerate(utterances)], diagnostics


def find_loops(keys: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return the (start, stop, words of the phrase) of each loop, the shortest phrase that explains it, in order.

    >>> find_loops("so the boy the boy the boy the boy fell".split())
    [(1, 9, 2)]
    """
    taken = [False] * len(keys)
    loops = []
    for length in range(1, LONGEST + 1):
        start = 0
        for index in range(length, len(keys) + 1):
            if index < len(keys) and keys[index] == keys[index - length]:
                continue
            stop = index - (index - start) % length
            if stop - start >= max(COPIES * length, WORDS) and not any(taken[start:stop]):
                loops.append((start, stop, length))
                taken[start:stop] = [True] * (stop - start)
            start = index - length + 1
    return sorted(loops)


def _diagnostic(utterance: Utterance, copies: int, length: int, *, file: str) -> Diagnostic:
    place = f" at {utterance.start_ms / 1000:.1f} s" if utterance.start_ms is not None else ""
    phrase = "a word" if length == 1 else f"a phrase of {length} words"
    what = f"{phrase} comes {copies} times in a row{place}: perhaps a loop of the recogniser; marked as repeated"
    return Diagnostic(file, utterance.line, what, "listen to the recording")


def _flag(utterance: Utterance, positions: set[int]) -> Utterance:
    if not positions:
        return utterance
    words = [
        replace(word, repeated=True) if position in positions else word for position, word in enumerate(utterance.words)
    ]
    return replace(utterance, words=tuple(words))
