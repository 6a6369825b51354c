"""A participant's lines -> an interview: the same lines with an investigator's turns put among them."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import NamedTuple

from adscreen.simulate.grammar import read_grammar

_CHOICE = re.compile(r"\{([^}]*)\}")
_LONG_PAUSE = re.compile(r"\([2-9]\.\d\)")


class Turn(NamedTuple):
    """One main line: who speaks (``PAR`` or ``INV``) and the line without the speaker code."""

    code: str
    line: str


def interview(lines: Sequence[str], *, rng: random.Random) -> list[Turn]:
    """Return the turns of an interview. The investigator asks on where the participant halts, and answers questions.

    The turns follow from the lines alone, never from the label, and leave the lines as they are.
    """
    turns = [Turn("INV", _say("start", rng))]
    for number, line in enumerate(lines):
        turns.append(Turn("PAR", line))
        if number < len(lines) - 1:
            reply = _reply(line, rng=rng, nearly_done=number == len(lines) - 3)
            turns += [Turn("INV", _say(reply, rng))] if reply else []
    return [*turns, Turn("INV", _say("finish", rng))]


def _reply(line: str, *, rng: random.Random, nearly_done: bool) -> str:
    """Return which kind of thing the investigator says after a line; empty for silence."""
    chance = rng.random()
    if " ?" in line:
        return "answer" if chance < 0.7 else ""
    if "+..." in line or _LONG_PAUSE.search(line) or nearly_done:
        return "prompt" if chance < 0.4 else ""
    return "encourage" if chance < 0.08 else ""


def _say(kind: str, rng: random.Random) -> str:
    text = rng.choice(read_grammar().interviewer[kind])
    return _CHOICE.sub(lambda hole: rng.choice(hole.group(1).split("|")), text)
