"""Speech -> lexical features: how varied, how frequent and how specific the words are. All read the fluent view.

Sources: Covington & McFall 2010 (MATTR); Brunet 1978; Honoré 1979; van Heuven et al. 2014 (Zipf scale) with the
wordfreq data of Speer 2022; Fraser et al. 2016 and Nicholas et al. 1985 (pronouns, empty words); Snowdon et al.
1996 and Brown et al. 2008 (idea density). Ratios of parts of speech count syntactic words: ``it's`` is two.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from adscreen.features.feature import Family, Speech, lacks_trees, lacks_words
from adscreen.language import ENGLISH, Language
from adscreen.parser import ParsedWord

MATTR_WINDOW = 25
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


def zipf_frequencies(words: Iterable[str], *, language: Language = ENGLISH) -> list[float]:
    """Return each word's Zipf frequency (log10 of occurrences per billion words); unknown words are left out."""
    values = map(language.frequencies.zipf, words) if language.frequencies else ()
    return [value for value in values if value > 0]


def mean_zipf(words: list[str], *, language: Language = ENGLISH) -> float:
    """Return the mean Zipf frequency of the known words; NaN where none is known."""
    known = zipf_frequencies(words, language=language)
    return math.fsum(known) / len(known) if known else math.nan


def sd_zipf(words: list[str], *, language: Language = ENGLISH) -> float:
    """Return the standard deviation (n - 1) of the Zipf frequencies; NaN below two known words."""
    known = zipf_frequencies(words, language=language)
    return statistics.stdev(known) if len(known) > 1 else math.nan


def rare_share(words: list[str], *, language: Language = ENGLISH) -> float:
    """Return the share of the known words that lie below Zipf 3; NaN where none is known."""
    known = zipf_frequencies(words, language=language)
    return sum(value < RARE_ZIPF for value in known) / len(known) if known else math.nan


def mean_length(words: list[str]) -> float:
    """Return the mean number of letters of a word."""
    return sum(sum(letter.isalnum() for letter in word) for word in words) / len(words)


def share_of(words: list[str], listed: frozenset[str] | None, *, language: Language = ENGLISH) -> float:
    """Return the share of words on a list, clitics put aside (``it's`` counts as ``it``); NaN without a list."""
    return math.nan if listed is None else sum(language.without_clitics(word) in listed for word in words) / len(words)


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


def idea_density(words: list[ParsedWord], *, language: Language = ENGLISH) -> float:
    """Return propositions a word: verbs, adjectives, adverbs, adpositions, conjunctions and ``not``.

    After Brown et al. 2008; CPIDR's further adjustments (verb chains, the copula, ``either ... or``) are not made.
    """
    lemmas = language.negation_lemmas
    if lemmas is None:
        return math.nan
    return ratio(sum(word.upos in PROPOSITIONS or word.lemma in lemmas for word in words), len(words))


def _parsed_words(speech: Speech) -> list[ParsedWord] | None:
    return [word for sentence in speech.parsed for word in sentence] if speech.has_trees else None


def _idea_density(speech: Speech) -> float:
    words = _parsed_words(speech)
    return math.nan if words is None else idea_density(words, language=speech.language)


_WORDS = Family(name="lexical", view="fluent", read=lambda speech: speech.fluent)
_SPEECH = Family(name="lexical", view="fluent", read=lambda speech: speech)
_ZIPF = replace(
    _SPEECH,
    read=lambda speech: speech if speech.language.frequencies else None,
    source="van Heuven et al. 2014; wordfreq (Speer 2022)",
    undefined="too few words have a known frequency",
    lacks=lacks_words("frequencies"),
)
_PARSED = Family(name="lexical", view="fluent", read=_parsed_words, lacks=lacks_trees)

_OF_WORDS = (
    _WORDS.feature("tokens", "words", "N, the number of words", lambda words: float(len(words)), minimum=0),
    _WORDS.feature("types", "words", "V, the number of different words", type_count, minimum=0),
    _WORDS.feature(
        "mattr",
        "ratio",
        f"mean over windows of {MATTR_WINDOW} words of types / {MATTR_WINDOW}",
        mattr,
        source="Covington & McFall 2010",
        minimum=MATTR_WINDOW,
    ),
    _WORDS.feature("brunet_w", "index", "N ** (V ** -0.165)", brunet_w, source="Brunet 1978"),
    _WORDS.feature(
        "honore_r",
        "index",
        "100 ln N / (1 - V1 / V), V1 the types used once",
        honore_r,
        source="Honoré 1979",
        undefined=NO_REPEATED_WORD,
    ),
    _ZIPF.feature(
        "zipf_mean",
        "Zipf",
        "mean log10 frequency per billion words",
        lambda own: mean_zipf(own.fluent, language=own.language),
    ),
    _ZIPF.feature(
        "zipf_sd",
        "Zipf",
        "standard deviation (n - 1) of log10 frequency per billion words",
        lambda own: sd_zipf(own.fluent, language=own.language),
    ),
    _ZIPF.feature(
        "rare_word_share",
        "ratio",
        f"words below Zipf {RARE_ZIPF:g} / words with a frequency",
        lambda own: rare_share(own.fluent, language=own.language),
    ),
    _WORDS.feature("word_length", "letters", "mean letters of a word", mean_length),
    _SPEECH.feature(
        "pronoun_share",
        "ratio",
        "personal, possessive and demonstrative pronouns / words",
        lambda own: share_of(own.fluent, own.language.pronouns, language=own.language),
        source="Fraser et al. 2016",
        lacks=lacks_words("pronouns"),
    ),
    _SPEECH.feature(
        "empty_word_share",
        "ratio",
        "indefinite and empty words (thing, something, do, get ...) / words",
        lambda own: share_of(own.fluent, own.language.empty_words, language=own.language),
        source="Nicholas et al. 1985",
        lacks=lacks_words("empty_words"),
    ),
)
_OF_PARSE = (
    _PARSED.feature(
        "content_word_share",
        "ratio",
        "nouns, verbs, adjectives and adverbs / syntactic words",
        content_share,
        source="Fraser et al. 2016",
    ),
    _PARSED.feature(
        "noun_verb_ratio",
        "ratio",
        "nouns and names / verbs, auxiliaries left out",
        noun_verb_ratio,
        source="Fraser et al. 2016",
        undefined="no verb",
    ),
    _PARSED.feature(
        "pronoun_noun_ratio",
        "ratio",
        "pronouns / nouns and names",
        pronoun_noun_ratio,
        source="Fraser et al. 2016",
        undefined="no noun",
    ),
    _SPEECH.feature(
        "idea_density",
        "ratio",
        "verbs, adjectives, adverbs, adpositions, conjunctions and not / syntactic words",
        _idea_density,
        source="Snowdon et al. 1996; Brown et al. 2008",
        lacks=lambda own: lacks_trees(own) or lacks_words("negation_lemmas")(own),
    ),
)

LEXICAL = (*_OF_WORDS, *_OF_PARSE)
