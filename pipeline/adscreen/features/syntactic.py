"""Parsed utterances -> syntactic features: length, clauses, dependencies, completeness, parts of speech.

All read the fluent view. An utterance counts where it holds a word. Words are syntactic words (``it 's`` is two),
except in the mean length of utterance. A clause is a predicate with a finite verb: the word itself is finite, or an
auxiliary or copula of it is (Hunt 1965, Lu 2010); predicates that share one finite verb (``is washing and drying``) are
one clause. Relations are those of Universal Dependencies; the names that spaCy's own English pipelines use are read as
well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from adscreen.features.feature import Feature, Speech
from adscreen.parser import ROOT, ParsedSentence

LEAST_WORDS = 10
EMBEDDED = frozenset("csubj csubjpass ccomp xcomp acl relcl pcomp".split())
SUBORDINATE = EMBEDDED | {"advcl"}
COORDINATE = frozenset("conj parataxis".split())
FUNCTION = frozenset("aux auxpass cop".split())
PASSIVE = frozenset("nsubj:pass nsubjpass csubj:pass csubjpass".split())
PARTS_OF_SPEECH = {
    "NOUN": "common nouns",
    "PROPN": "names",
    "PRON": "pronouns",
    "VERB": "verbs without auxiliaries",
    "AUX": "auxiliaries and copulas",
    "ADJ": "adjectives",
    "ADV": "adverbs",
    "ADP": "adpositions",
    "DET": "determiners",
    "NUM": "numerals",
    "CCONJ": "coordinating conjunctions",
    "SCONJ": "subordinating conjunctions",
    "PART": "particles (not, to, 's)",
    "INTJ": "interjections",
}
NO_CLAUSE = "no clause with a finite verb"

Trees = Sequence[ParsedSentence]


def clause_heads(sentence: ParsedSentence) -> list[int]:
    """Return the indices of the predicates of clauses: finite, or with a finite auxiliary or copula."""
    words = sentence.words
    return [
        index
        for index, word in enumerate(words)
        if word.relation not in FUNCTION
        and (
            word.is_finite
            or any(words[child].is_finite and words[child].relation in FUNCTION for child in sentence.children[index])
        )
    ]


def clause_relations(trees: Trees) -> list[str]:
    """Return the relation of every clause's predicate."""
    return [sentence.words[index].relation for sentence in trees for index in clause_heads(sentence)]


def depth_of(sentence: ParsedSentence, *, over: Callable[[str], bool] = lambda relation: True) -> int:
    """Return the most relations met on a way from a word up to the root, counting those that ``over`` accepts."""
    depths: dict[int, int] = {}

    def depth(index: int) -> int:
        way = []
        while index != ROOT and index not in depths:
            way.append(index)
            index = sentence.words[index].head
        found = depths.get(index, 0)
        for step in reversed(way):
            word = sentence.words[step]
            found += word.head != ROOT and over(word.relation)
            depths[step] = found
        return found

    return max(map(depth, range(len(sentence))), default=0)


def mean_length(speech: Speech) -> float:
    """Return the mean number of words of an utterance."""
    return _mean(len(sentence.tokens) for sentence in speech.sentences("fluent") if sentence.tokens)


def clauses_per_utterance(trees: Trees) -> float:
    """Return clauses / utterances."""
    return _ratio(len(clause_relations(trees)), len(trees))


def words_per_clause(trees: Trees) -> float:
    """Return words / clauses."""
    return _ratio(sum(map(len, trees)), len(clause_relations(trees)))


def clause_share(trees: Trees, relations: frozenset[str]) -> float:
    """Return the share of the clauses whose predicate has one of the relations."""
    found = clause_relations(trees)
    return _ratio(sum(relation in relations for relation in found), len(found))


def relations_per_utterance(trees: Trees, relations: frozenset[str]) -> float:
    """Return words with one of the relations / utterances, whether or not they are finite."""
    return _ratio(sum(word.relation in relations for sentence in trees for word in sentence), len(trees))


def relative_clauses_per_utterance(trees: Trees) -> float:
    """Return relative clauses / utterances."""
    return _ratio(sum(word.deprel in ("acl:relcl", "relcl") for tree in trees for word in tree), len(trees))


def passives_per_clause(trees: Trees) -> float:
    """Return passive subjects / clauses."""
    passives = sum(word.deprel in PASSIVE for sentence in trees for word in sentence)
    return _ratio(passives, len(clause_relations(trees)))


def dependency_distance(trees: Trees) -> float:
    """Return the mean of |place of a word - place of its head| over all words but the roots."""
    return _mean(
        abs(index - word.head) for sentence in trees for index, word in enumerate(sentence) if word.head != ROOT
    )


def tree_depth(trees: Trees) -> float:
    """Return the mean over utterances of the longest way from a word to the root, in relations."""
    return _mean(map(depth_of, trees))


def embedding_depth(trees: Trees) -> float:
    """Return the mean over utterances of the most clauses inside one another, 0 for a single clause."""
    return _mean(depth_of(sentence, over=SUBORDINATE.__contains__) for sentence in trees)


def incomplete_share(trees: Trees) -> float:
    """Return the share of utterances without a finite verb, those of interjections alone left out."""
    told = [sentence for sentence in trees if any(word.upos != "INTJ" for word in sentence)]
    return _ratio(sum(not clause_heads(sentence) for sentence in told), len(told))


def verbless_share(trees: Trees) -> float:
    """Return the share of utterances with no verb of any form, those of interjections alone left out."""
    told = [sentence for sentence in trees if any(word.upos != "INTJ" for word in sentence)]
    return _ratio(sum(not any(word.upos in ("VERB", "AUX") for word in own) for own in told), len(told))


def part_of_speech_rate(trees: Trees, upos: str) -> float:
    """Return the words of a part of speech per 100 words."""
    return 100 * _ratio(sum(word.upos == upos for sentence in trees for word in sentence), sum(map(len, trees)))


def _mean(values: Iterable[int]) -> float:
    kept = list(values)
    return _ratio(sum(kept), len(kept))


def _ratio(numerator: int, denominator: int) -> float:
    return numerator / denominator if denominator else math.nan


def _feature(
    name: str,
    unit: str,
    formula: str,
    source: str,
    compute: Callable[[Trees], float],
    *,
    undefined: str = "undefined for this speech",
) -> Feature:
    def of_speech(speech: Speech) -> float:
        return compute([sentence for sentence in speech.parsed if len(sentence)])

    return Feature(
        family="syntactic",
        name=name,
        unit=unit,
        formula=formula,
        view="fluent",
        minimum=LEAST_WORDS,
        source=source,
        compute=of_speech,
        undefined=undefined,
    )


def _part_of_speech(upos: str, described: str) -> Feature:
    return _feature(
        f"{upos.lower()}_rate",
        "per 100 words",
        f"100 {described} ({upos}) / words",
        "Fraser et al. 2016",
        lambda trees: part_of_speech_rate(trees, upos),
    )


SYNTACTIC = (
    Feature(
        family="syntactic",
        name="mlu",
        unit="words",
        formula="mean words of an utterance",
        view="fluent",
        minimum=LEAST_WORDS,
        source="Brown 1973, in words",
        compute=mean_length,
    ),
    _feature("clauses_per_utterance", "ratio", "clauses / utterances", "Hunt 1965", clauses_per_utterance),
    _feature(
        "words_per_clause", "words", "words / clauses", "Hunt 1965; Lu 2010", words_per_clause, undefined=NO_CLAUSE
    ),
    _feature(
        "subordinate_clauses_per_clause",
        "ratio",
        "clauses that are csubj, ccomp, xcomp, advcl or acl / clauses",
        "Lu 2010 (DC/C)",
        lambda trees: clause_share(trees, SUBORDINATE),
        undefined=NO_CLAUSE,
    ),
    _feature(
        "coordinate_clauses_per_clause",
        "ratio",
        "clauses that are conj or parataxis / clauses",
        "Lu 2010, for clauses",
        lambda trees: clause_share(trees, COORDINATE),
        undefined=NO_CLAUSE,
    ),
    _feature(
        "embedded_clauses_per_utterance",
        "ratio",
        "csubj, ccomp, xcomp and acl, finite or not / utterances",
        "Fraser et al. 2016; Universal Dependencies",
        lambda trees: relations_per_utterance(trees, EMBEDDED),
    ),
    _feature(
        "adverbial_clauses_per_utterance",
        "ratio",
        "advcl, finite or not / utterances",
        "Universal Dependencies",
        lambda trees: relations_per_utterance(trees, frozenset({"advcl"})),
    ),
    _feature(
        "relative_clauses_per_utterance",
        "ratio",
        "acl:relcl / utterances",
        "Universal Dependencies",
        relative_clauses_per_utterance,
    ),
    _feature(
        "passives_per_clause",
        "ratio",
        "nsubj:pass and csubj:pass / clauses",
        "Fraser et al. 2016",
        passives_per_clause,
        undefined=NO_CLAUSE,
    ),
    _feature(
        "dependency_distance",
        "words",
        "mean |place of a word - place of its head|, roots left out",
        "Liu 2008",
        dependency_distance,
        undefined="no utterance of two words",
    ),
    _feature(
        "tree_depth",
        "relations",
        "mean over utterances of the longest way from a word to the root",
        "Fraser et al. 2016 (tree height), over dependencies",
        tree_depth,
    ),
    _feature(
        "embedding_depth",
        "clauses",
        "mean over utterances of the most csubj, ccomp, xcomp, advcl and acl on a way to the root",
        "Universal Dependencies",
        embedding_depth,
    ),
    _feature(
        "incomplete_share",
        "ratio",
        "utterances without a finite verb / utterances, those of interjections alone left out",
        "Fraser et al. 2016 (fragments), read from the parse",
        incomplete_share,
        undefined="interjections alone",
    ),
    _feature(
        "verbless_share",
        "ratio",
        "utterances without VERB or AUX / utterances, those of interjections alone left out",
        "Fraser et al. 2016 (fragments), read from the parse",
        verbless_share,
        undefined="interjections alone",
    ),
    *(_part_of_speech(upos, described) for upos, described in PARTS_OF_SPEECH.items()),
)
