"""A key -> Speaker: one simulated subject's lasting habits, and how often each kind of trouble befalls their speech.

Every rate is logistic(logit(base) + tilt + slope * severity): ``tilt`` is the speaker's own habit, the same at every
visit, and severity 0 is a healthy speaker's average. The bases are near what picture descriptions of healthy older
adults show; the slopes are chosen so that healthy and impaired speakers overlap.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Rate(NamedTuple):
    """How often something happens: a healthy mean, the SD among speakers and the rise per unit of severity (logits)."""

    base: float
    spread: float
    slope: float


RATES: Mapping[str, Rate] = {
    # before a word
    "filler": Rate(0.025, 0.6, 0.7),
    "pause": Rate(0.015, 0.5, 0.8),
    "fragment": Rate(0.005, 0.5, 1.1),
    "repetition": Rate(0.012, 0.5, 1.1),
    "substitution": Rate(0.003, 0.4, 1.8),
    # at a slot: another name first, an indefinite word, a pronoun without antecedent, a search for the word
    "retracing": Rate(0.025, 0.4, 0.9),
    "vague": Rate(0.025, 0.4, 2.2),
    "pronoun": Rate(0.080, 0.4, 2.0),
    "word_finding": Rate(0.004, 0.4, 2.0),
    # at a clause
    "restart": Rate(0.020, 0.4, 1.1),
    "disorder": Rate(0.006, 0.4, 2.6),
    # at an utterance
    "trailing": Rate(0.020, 0.4, 1.6),
    "comment": Rate(0.030, 0.4, 1.9),
    "off_topic": Rate(0.006, 0.4, 2.3),
    "aside": Rate(0.010, 0.4, 1.1),
    "return": Rate(0.050, 0.4, 1.5),
    "event": Rate(0.020, 0.5, 0.3),
    "unintelligible": Rate(0.004, 0.4, 1.1),
    # manners, which illness leaves alone
    "join": Rate(0.180, 0.4, 0.0),
    "lead": Rate(0.500, 0.7, 0.0),
    "contraction": Rate(0.650, 1.0, 0.0),
    "clipping": Rate(0.060, 1.2, 0.0),
    "same_pronoun": Rate(0.550, 0.5, 0.0),
}
MENTION_SLOPE = -1.3  # log-odds of mentioning an information unit, per unit of severity
WORDS_SLOPE = -3.0  # words a recording, per unit of severity


@dataclass(frozen=True, slots=True)
class Speaker:
    """One subject's way of speaking. ``key`` names it: equal keys are equal speakers.

    ``trait`` is how impaired the speech sounds for reasons other than illness, ``words`` the length of a description.
    """

    key: str
    trait: float
    words: float
    tilts: Mapping[str, float]

    def rates(self, *, severity: float) -> dict[str, float]:
        """Return the probability of each kind of event in ``RATES`` at this severity."""
        return {
            name: logistic(math.log(rate.base / (1 - rate.base)) + self.tilts[name] + rate.slope * severity)
            for name, rate in RATES.items()
        }

    def liking(self, options: Sequence[str]) -> list[float]:
        """Return the weight this speaker gives each option: a few favourites, the same whenever the choice comes up."""
        rng = random.Random(f"{self.key} likes {'|'.join(options)}")
        return [0.01 + rng.gammavariate(0.25, 1.0) for _ in options]


def draw_speaker(key: str) -> Speaker:
    """Draw the speaker that ``key`` names.

    The streams are seeded by text, which ``random`` digests with SHA-512: the same in every process.
    """
    rng = random.Random(f"{key} speaks")
    tilts = {name: rng.gauss(0.0, rate.spread) for name, rate in RATES.items()}
    return Speaker(key, trait=rng.gauss(0.0, 0.3), words=rng.gauss(106.0, 9.0), tilts=tilts)


def logistic(value: float) -> float:
    """Return 1 / (1 + exp(-value)).

    >>> logistic(0.0)
    0.5
    """
    return 1.0 / (1.0 + math.exp(-value))
