"""Speech -> lexical features: how varied, how frequent and how specific the words are. All read the fluent view.

Sources: Covington & McFall 2010 (MATTR); Brunet 1978; Honoré 1979; van Heuven et al. 2014 (Zipf scale) with the
wordfreq data of Speer 2022; Fraser et al. 2016 and Nicholas et al. 1985 (pronouns, empty words).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

from pipeline.features.feature import Feature, Speech

MATTR_WINDOW = 25
PRONOUNS = frozenset(
    "i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself we "
    "us our ours ourselves they them their theirs themselves this that these those".split()
)
EMPTY_WORDS = frozenset(
    "thing things something anything everything nothing stuff someone somebody anybody everybody one ones somewhere "
    "whatever thingy whatsit do does doing did done get gets getting got".split()
)
_CLITICS = ("'s", "'re", "'ve", "'ll", "'d", "'m")


def type_count(words: list[str]) -> float:
    """Return the number of different words."""
    return float(len(set(words)))


def mattr(words: list[str], *, window: int = MATTR_WINDOW) -> float:
    """Return the moving-average type-token ratio: mean of types / window over every window of ``window`` words.

    >>> mattr(["a", "b", "a", "a"], window=2)  # windows ab, ba, aa
    0.8333333333333334
    """
    counts = Counter(words[:window])
    total = len(counts)
    for leaving, entering in zip(words, words[window:], strict=False):
        counts[leaving] -= 1
        if not counts[leaving]:
            del counts[leaving]
        counts[entering] += 1
        total += len(counts)
    return total / (window * (len(words) - window + 1))


def brunet_w(words: list[str]) -> float:
    """Return Brunet's W = N ** (V ** -0.165), N words of V types; richer speech has a lower value."""
    return float(len(words) ** (len(set(words)) ** -0.165))


def honore_r(words: list[str]) -> float:
    """Return Honoré's R = 100 ln N / (1 - V1 / V), V1 types used once; NaN where every type is used once."""
    counts = Counter(words)
    once = sum(count == 1 for count in counts.values())
    return math.nan if once == len(counts) else 100 * math.log(len(words)) / (1 - once / len(counts))


def mean_zipf(words: list[str]) -> float:
    """Return the mean Zipf frequency (log10 of occurrences per billion words); unknown words are left out."""
    from wordfreq import zipf_frequency

    values = [zipf_frequency(word, "en") for word in words]
    known = [value for value in values if value > 0]
    return math.fsum(known) / len(known) if known else math.nan


def mean_length(words: list[str]) -> float:
    """Return the mean number of letters of a word."""
    return sum(sum(letter.isalnum() for letter in word) for word in words) / len(words)


def share_of(words: list[str], listed: frozenset[str]) -> float:
    """Return the share of words on a list, clitics put aside (``it's`` counts as ``it``)."""
    return sum(_without_clitic(word) in listed for word in words) / len(words)


def _without_clitic(word: str) -> str:
    for clitic in _CLITICS:
        if word.endswith(clitic) and len(word) > len(clitic):
            return word.removesuffix(clitic)
    return word


def _feature(
    name: str, unit: str, formula: str, source: str, compute: Callable[[list[str]], float], minimum: int = 10
) -> Feature:
    def of_speech(speech: Speech) -> float:
        return compute(speech.fluent)

    return Feature(
        family="lexical",
        name=name,
        unit=unit,
        formula=formula,
        view="fluent",
        minimum=minimum,
        source=source,
        compute=of_speech,
    )


LEXICAL = (
    _feature("tokens", "words", "N, the number of words", "", lambda words: float(len(words)), minimum=0),
    _feature("types", "words", "V, the number of different words", "", type_count, minimum=0),
    _feature(
        "mattr",
        "ratio",
        f"mean over windows of {MATTR_WINDOW} words of types / {MATTR_WINDOW}",
        "Covington & McFall 2010",
        mattr,
        minimum=MATTR_WINDOW,
    ),
    _feature("brunet_w", "index", "N ** (V ** -0.165)", "Brunet 1978", brunet_w),
    _feature("honore_r", "index", "100 ln N / (1 - V1 / V)", "Honoré 1979", honore_r),
    _feature("zipf_mean", "Zipf", "mean log10 frequency per billion words", "van Heuven 2014; wordfreq", mean_zipf),
    _feature("word_length", "letters", "mean letters of a word", "", mean_length),
    _feature(
        "pronoun_share",
        "ratio",
        "personal, possessive and demonstrative pronouns / words",
        "Fraser et al. 2016",
        lambda words: share_of(words, PRONOUNS),
    ),
    _feature(
        "empty_word_share",
        "ratio",
        "indefinite and empty words (thing, something, do, get ...) / words",
        "Nicholas et al. 1985",
        lambda words: share_of(words, EMPTY_WORDS),
    ),
)
