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

from adscreen.features.feature import LEAST_WORDS, Family, Feature, Speech, lacks_trees
from adscreen.parser import ROOT, ParsedSentence

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


def _trees(speech: Speech) -> list[ParsedSentence] | None:
    return [sentence for sentence in speech.parsed if len(sentence)] if speech.has_trees else None


def _part_of_speech(upos: str, described: str) -> Feature:
    return _TREES.feature(
        f"{upos.lower()}_rate",
        "per 100 words",
        f"100 {described} ({upos}) / words",
        lambda trees: part_of_speech_rate(trees, upos),
        source="Fraser et al. 2016",
    )


_TREES = Family(name="syntactic", view="fluent", read=_trees, lacks=lacks_trees)
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
    _TREES.feature("clauses_per_utterance", "ratio", "clauses / utterances", clauses_per_utterance, source="Hunt 1965"),
    _TREES.feature(
        "words_per_clause",
        "words",
        "words / clauses",
        words_per_clause,
        source="Hunt 1965; Lu 2010",
        undefined=NO_CLAUSE,
    ),
    _TREES.feature(
        "subordinate_clauses_per_clause",
        "ratio",
        "clauses that are csubj, ccomp, xcomp, advcl or acl / clauses",
        lambda trees: clause_share(trees, SUBORDINATE),
        source="Lu 2010 (DC/C)",
        undefined=NO_CLAUSE,
    ),
    _TREES.feature(
        "coordinate_clauses_per_clause",
        "ratio",
        "clauses that are conj or parataxis / clauses",
        lambda trees: clause_share(trees, COORDINATE),
        source="Lu 2010, for clauses",
        undefined=NO_CLAUSE,
    ),
    _TREES.feature(
        "embedded_clauses_per_utterance",
        "ratio",
        "csubj, ccomp, xcomp and acl, finite or not / utterances",
        lambda trees: relations_per_utterance(trees, EMBEDDED),
        source="Fraser et al. 2016; Universal Dependencies",
    ),
    _TREES.feature(
        "adverbial_clauses_per_utterance",
        "ratio",
        "advcl, finite or not / utterances",
        lambda trees: relations_per_utterance(trees, frozenset({"advcl"})),
        source="Universal Dependencies",
    ),
    _TREES.feature(
        "relative_clauses_per_utterance",
        "ratio",
        "acl:relcl / utterances",
        relative_clauses_per_utterance,
        source="Universal Dependencies",
    ),
    _TREES.feature(
        "passives_per_clause",
        "ratio",
        "nsubj:pass and csubj:pass / clauses",
        passives_per_clause,
        source="Fraser et al. 2016",
        undefined=NO_CLAUSE,
    ),
    _TREES.feature(
        "dependency_distance",
        "words",
        "mean |place of a word - place of its head|, roots left out",
        dependency_distance,
        source="Liu 2008",
        undefined="no utterance of two words",
    ),
    _TREES.feature(
        "tree_depth",
        "relations",
        "mean over utterances of the longest way from a word to the root",
        tree_depth,
        source="Fraser et al. 2016 (tree height), over dependencies",
    ),
    _TREES.feature(
        "embedding_depth",
        "clauses",
        "mean over utterances of the most csubj, ccomp, xcomp, advcl and acl on a way to the root",
        embedding_depth,
        source="Universal Dependencies",
    ),
    _TREES.feature(
        "incomplete_share",
        "ratio",
        "utterances without a finite verb / utterances, those of interjections alone left out",
        incomplete_share,
        source="Fraser et al. 2016 (fragments), read from the parse",
        undefined="interjections alone",
    ),
    _TREES.feature(
        "verbless_share",
        "ratio",
        "utterances without VERB or AUX / utterances, those of interjections alone left out",
        verbless_share,
        source="Fraser et al. 2016 (fragments), read from the parse",
        undefined="interjections alone",
    ),
    *(_part_of_speech(upos, described) for upos, described in PARTS_OF_SPEECH.items()),
)
