"""Speech -> lexical features: how varied, how frequent and how specific the words are. All read the fluent view.

Sources: Covington & McFall 2010 (MATTR); Brunet 1978; Honoré 1979; van Heuven et al. 2014 (Zipf scale) with the
wordfreq data of Speer 2022; Fraser et al. 2016 and Nicholas et al. 1985 (pronouns, empty words); Snowdon et al.
1996 and Brown et al. 2008 (idea density). Ratios of parts of speech count syntactic words: ``it's`` is two.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable

from adscreen.features.feature import Feature, Speech
from adscreen.features.tasks.pattern import without_clitic
from adscreen.parser import ParsedWord

MATTR_WINDOW = 25
PRONOUNS = frozenset(
    "i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself we "
    "us our ours ourselves they them their theirs themselves this that these those".split()
)
EMPTY_WORDS = frozenset(
    "thing things something anything everything nothing stuff someone somebody anybody everybody one ones somewhere "
    "whatever thingy whatsit do does doing did done get gets getting got".split()
)
RARE_ZIPF = 3.0  # van Heuven et al. 2014: words of low frequency lie below
NOUNS, VERBS = frozenset({"NOUN", "PROPN"}), frozenset({"VERB"})
CONTENT_WORDS = NOUNS | VERBS | {"ADJ", "ADV"}
PROPOSITIONS = frozenset({"VERB", "ADJ", "ADV", "ADP", "CCONJ", "SCONJ"})
NO_REPEATED_WORD = "every word is used once"


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


def zipf_frequencies(words: Iterable[str]) -> list[float]:
    """Return each word's Zipf frequency (log10 of occurrences per billion words); unknown words are left out."""
    from wordfreq import zipf_frequency

    values = (zipf_frequency(word, "en") for word in words)
    return [value for value in values if value > 0]


def mean_zipf(words: list[str]) -> float:
    """Return the mean Zipf frequency of the known words; NaN where none is known."""
    known = zipf_frequencies(words)
    return math.fsum(known) / len(known) if known else math.nan


def sd_zipf(words: list[str]) -> float:
    """Return the standard deviation (n - 1) of the Zipf frequencies; NaN below two known words."""
    known = zipf_frequencies(words)
    return statistics.stdev(known) if len(known) > 1 else math.nan


def rare_share(words: list[str]) -> float:
    """Return the share of the known words that lie below Zipf 3; NaN where none is known."""
    known = zipf_frequencies(words)
    return sum(value < RARE_ZIPF for value in known) / len(known) if known else math.nan


def mean_length(words: list[str]) -> float:
    """Return the mean number of letters of a word."""
    return sum(sum(letter.isalnum() for letter in word) for word in words) / len(words)


def share_of(words: list[str], listed: frozenset[str]) -> float:
    """Return the share of words on a list, clitics put aside (``it's`` counts as ``it``)."""
    return sum(without_clitic(word) in listed for word in words) / len(words)


def ratio(numerator: int, denominator: int) -> float:
    """Return a ratio of counts; NaN where the denominator is 0."""
    return numerator / denominator if denominator else math.nan


def noun_verb_ratio(words: list[ParsedWord]) -> float:
    """Return nouns / verbs, auxiliaries left out; NaN without a verb."""
    return ratio(sum(word.upos in NOUNS for word in words), sum(word.upos in VERBS for word in words))


def pronoun_noun_ratio(words: list[ParsedWord]) -> float:
    """Return pronouns / nouns; NaN without a noun."""
    return ratio(sum(word.upos == "PRON" for word in words), sum(word.upos in NOUNS for word in words))


def content_share(words: list[ParsedWord]) -> float:
    """Return the share of nouns, verbs, adjectives and adverbs."""
    return ratio(sum(word.upos in CONTENT_WORDS for word in words), len(words))


def idea_density(words: list[ParsedWord]) -> float:
    """Return propositions a word: verbs, adjectives, adverbs, adpositions, conjunctions and ``not``.

    After Brown et al. 2008; CPIDR's further adjustments (verb chains, the copula, ``either ... or``) are not made.
    """
    return ratio(sum(word.upos in PROPOSITIONS or word.lemma in ("not", "n't") for word in words), len(words))


def _feature(
    name: str,
    unit: str,
    formula: str,
    source: str,
    compute: Callable[[list[str]], float],
    *,
    minimum: int = 10,
    undefined: str = "",
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
        undefined=undefined,
    )


def _zipf(name: str, unit: str, formula: str, compute: Callable[[list[str]], float]) -> Feature:
    source = "van Heuven et al. 2014; wordfreq (Speer 2022)"
    return _feature(name, unit, formula, source, compute, undefined="too few words have a known frequency")


def _of_parse(
    name: str, formula: str, source: str, compute: Callable[[list[ParsedWord]], float], *, undefined: str = ""
) -> Feature:
    def of_speech(speech: Speech) -> float:
        return compute([word for sentence in speech.parsed for word in sentence])

    return Feature(
        family="lexical",
        name=name,
        unit="ratio",
        formula=formula,
        view="fluent",
        minimum=10,
        source=source,
        compute=of_speech,
        undefined=undefined,
    )


_OF_WORDS = (
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
    _feature(
        "honore_r",
        "index",
        "100 ln N / (1 - V1 / V), V1 the types used once",
        "Honoré 1979",
        honore_r,
        undefined=NO_REPEATED_WORD,
    ),
    _zipf("zipf_mean", "Zipf", "mean log10 frequency per billion words", mean_zipf),
    _zipf("zipf_sd", "Zipf", "standard deviation (n - 1) of log10 frequency per billion words", sd_zipf),
    _zipf("rare_word_share", "ratio", f"words below Zipf {RARE_ZIPF:g} / words with a frequency", rare_share),
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
_OF_PARSE = (
    _of_parse(
        "content_word_share",
        "nouns, verbs, adjectives and adverbs / syntactic words",
        "Fraser et al. 2016",
        content_share,
    ),
    _of_parse(
        "noun_verb_ratio",
        "nouns and names / verbs, auxiliaries left out",
        "Fraser et al. 2016",
        noun_verb_ratio,
        undefined="no verb",
    ),
    _of_parse(
        "pronoun_noun_ratio",
        "pronouns / nouns and names",
        "Fraser et al. 2016",
        pronoun_noun_ratio,
        undefined="no noun",
    ),
    _of_parse(
        "idea_density",
        "verbs, adjectives, adverbs, adpositions, conjunctions and not / syntactic words",
        "Snowdon et al. 1996; Brown et al. 2008",
        idea_density,
    ),
)

LEXICAL = (*_OF_WORDS, *_OF_PARSE)
