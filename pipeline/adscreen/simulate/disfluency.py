"""Words -> CHAT tokens with the marks of hesitant speech. A token is a word with the codes that follow it.

Codes from the CHAT manual (MacWhinney, TalkBank): &-uh filler, &+st fragment, [/] repetition, [//] retracing,
(.) pause, [: target] [* s:r] a word put for another, 0is an omitted word.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

_TOKEN = re.compile(r"(?:<[^>]*>|\S+)(?: \[[^\]]*\])*")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z'()]*")
_ONSET = re.compile(r"[^aeiou]*[aeiou]?")
_CLIPPED = re.compile(r"(?<=[a-z]{3})ing(?=$|')")
_UNCLIPPED = frozenset({"something", "everything", "anything", "nothing"})
_CONTRACTED = {"~is": "'s", "~has": "'s", "~are": "'re"}
_OMITTED = frozenset({"the", "a", "is", "are", "to", "of", "in", "on"})
_SMALL = _OMITTED | set(
    "and then he she it they there this that his her I you he's she's it's there's at with for".split()
)
_CODE = re.compile(r"\[[^\]]*\]|&\S+|0\S+|\([\d.]+\)|\+\S+|\bxxx\b|[<>.?]")


def split_tokens(text: str) -> list[str]:
    """Split CHAT text into words, each with its bracketed codes.

    >>> split_tokens("he's gonna [: going to] <the kid> [//] fall")
    ["he's", 'gonna [: going to]', '<the kid> [//]', 'fall']
    """
    return _TOKEN.findall(text)


def count_words(line: str) -> int:
    """Return the number of words uttered, repeated ones included, without fillers and fragments.

    >>> count_words("&-uh the [/] the boy fallin(g) (1.5) off +...")
    5
    """
    return len(_CODE.sub(" ", line).split())


def mark_scope(words: Sequence[str], code: str) -> str:
    """Return the words under a code: ``the [/]`` or ``<the boy> [/]``."""
    return f"{words[0]} [{code}]" if len(words) == 1 else f"<{' '.join(words)}> [{code}]"


def contract(tokens: Sequence[str], rates: Mapping[str, float], rng: random.Random) -> list[str]:
    """Resolve ``~is``, ``~has`` and ``~are``, and clip some -ing endings as the transcriber would: ``fallin(g)``."""
    said: list[str] = []
    for token in tokens:
        if token not in _CONTRACTED:
            clipped = token.partition("'")[0] not in _UNCLIPPED and rng.random() < rates["clipping"]
            said.append(_CLIPPED.sub("in(g)", token) if clipped and _PLAIN.fullmatch(token) else token)
        elif said and _contractible(said[-1], token) and rng.random() < rates["contraction"]:
            said[-1] += _CONTRACTED[token]
        else:
            said.append(token[1:])
    return said


def _contractible(word: str, auxiliary: str) -> bool:
    if auxiliary == "~are":
        return word in {"they", "you", "we"}
    return bool(_PLAIN.fullmatch(word)) and not word.endswith(("s", "sh", "ch", "'s", "(g)"))


def substitute(
    tokens: Sequence[str],
    neighbours: Mapping[str, Sequence[str]],
    rates: Mapping[str, float],
    rng: random.Random,
) -> list[str]:
    """Put some words' neighbours in meaning in their place, with the word meant: ``ladder [: stool] [* s:r]``."""
    return [
        f"{rng.choice(neighbours[token])} [: {token}] [* s:r]"
        # A noun comes about once in five words, hence the factor that makes it a rate per word.
        if token in neighbours and rng.random() < 5 * rates["substitution"]
        else token
        for token in tokens
    ]


def disorder(tokens: Sequence[str], other: Sequence[str], rng: random.Random) -> list[str]:
    """Return the tokens ungrammatically: small words left out, the end turned first, two words swapped, or run into
    the second half of ``other``.
    """
    if len(tokens) < 4:
        return list(tokens)
    manner = rng.random()
    if manner < 0.4:
        return [f"0{token}" if token in _OMITTED and rng.random() < 0.7 else token for token in tokens]
    if manner < 0.7:
        return [*tokens[: rng.randrange(2, len(tokens))], *other[len(other) // 2 :]]
    if manner < 0.85:
        at = len(tokens) - rng.randrange(2, 4)
        return [*tokens[at:], *tokens[:at]]
    at = rng.randrange(1, len(tokens) - 1)
    return [*tokens[:at], tokens[at + 1], tokens[at], *tokens[at + 2 :]]


def hesitate(
    tokens: Sequence[str],
    fillers: Mapping[str, float],
    rates: Mapping[str, float],
    rng: random.Random,
) -> list[str]:
    """Add pauses, fillers (chosen by the speaker's weights), fragments and repetitions before words."""
    said: list[str] = []
    for position, token in enumerate(tokens):
        onset_factor = 2.0 if position == 0 else 1.0  # planning an utterance costs most at its start
        if position and not token.startswith("(") and rng.random() < rates["pause"]:
            said.append(draw_pause(rng))
        if rng.random() < onset_factor * rates["filler"]:
            said.append(f"&-{rng.choices(list(fillers), list(fillers.values()))[0]}")
        if not _PLAIN.fullmatch(token):
            said.append(token)
            continue
        if len(token) > 3 and rng.random() < 2 * rates["fragment"]:
            said.append(f"&+{_onset(token)}")
        # Speakers repeat the small word before the one they look for, hardly ever the end of an utterance.
        factor = 2.0 if token in _SMALL else 0.5 if position < len(tokens) - 1 else 0.05
        if rng.random() < factor * rates["repetition"]:
            phrase = tokens[position : position + rng.choice((1, 1, 1, 2, 2, 3))]
            if all(_PLAIN.fullmatch(word) for word in phrase):
                said += [mark_scope(phrase, "/")] * rng.choice((1, 1, 1, 1, 2))
        said.append(token)
    return said


def draw_pause(rng: random.Random) -> str:
    """Return a CHAT pause: mostly untimed, else 1 to 5 seconds."""
    manner = rng.random()
    if manner < 0.5:
        return "(.)"
    return "(..)" if manner < 0.75 else f"({rng.uniform(1.0, 5.0):.1f})"


def _onset(word: str) -> str:
    match = _ONSET.match(word.lower())
    return (match.group() if match else word)[:3]
