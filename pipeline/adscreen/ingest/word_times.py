"""A %wor tier -> the times of its utterance's words.

Source: CHAT manual (MacWhinney, TalkBank), "Dependent tiers". The tier repeats the words of the main line that were
said, each before its time bullet; a word that could not be aligned has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from adscreen.ingest.tokens import INVISIBLE, TERMINATORS
from adscreen.ingest.word_form import UNINTELLIGIBLE, is_omission, read_word
from adscreen.ingest.word_order import longest_run
from adscreen.records import Utterance, Word

_ITEM = re.compile(r"\x15(\d{1,12})_(\d{1,12})-?\x15|\[[^\[\]]*\]|([^\s\x15]+)")
_TRIMMED = ".?!,;<>„‡“”"


def with_word_times(utterance: Utterance, tier: str) -> Utterance | None:
    """Return the utterance with times in its words, None where the tier holds other words."""
    timed = list(_timed(tier))
    if len(timed) != len(utterance.words):
        return None
    if any(text != word.text.casefold() for (text, _, _), word in zip(timed, utterance.words, strict=True)):
        return None
    words = tuple(_with_times(word, *times) for word, (_, *times) in zip(utterance.words, timed, strict=True))
    return replace(utterance, words=words)


def in_order(utterance: Utterance) -> tuple[Utterance, int]:
    """Drop the times of words that are out of the order of the text; return how many there are."""
    starts = [(place, word.start_ms) for place, word in enumerate(utterance.words) if word.start_ms is not None]
    run = {starts[position][0] for position in longest_run([start for _, start in starts])}
    if len(run) == len(starts):
        return utterance, 0
    words = tuple(
        word if place in run else replace(word, start_ms=None, end_ms=None)
        for place, word in enumerate(utterance.words)
    )
    return replace(utterance, words=words), len(starts) - len(run)


def _with_times(word: Word, start: int | None, end: int | None) -> Word:
    return word if start is None or end is None or end < start else replace(word, start_ms=start, end_ms=end)


def _timed(tier: str) -> Iterator[tuple[str, int | None, int | None]]:
    """Yield the words of a tier in lower case, with their times."""
    text = ""
    for match in _ITEM.finditer(INVISIBLE.sub("", tier)):
        start, end, token = match.groups()
        if token is None:
            if text and start is not None:
                yield text, int(start), int(end)
                text = ""
            continue
        if text:
            yield text, None, None
        text = "" if token in TERMINATORS or is_omission(token) else read_word(token.strip(_TRIMMED)).text.casefold()
        text = "" if text in UNINTELLIGIBLE else text
    if text:
        yield text, None, None
