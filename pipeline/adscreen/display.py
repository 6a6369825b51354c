"""Name of a feature -> what a page calls it, in which form its number is written, and how a value is read.

Every feature of the set, and every summary of perplexity, has an entry; ``lexical.aoa_mean`` of a user's word norms and
columns of a manifest have names made of their own. The dotted name is for tables, these are for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# percent: a share in percent; count: whole; one, two: decimals; perplexity: exp of a mean -log p; digits: three of them
Form = Literal["percent", "count", "one", "two", "perplexity", "digits"]


@dataclass(frozen=True, slots=True)
class Display:
    """A feature on a page: ``title: number unit``; ``reading`` says how a value is read where the title does not."""

    title: str
    form: Form
    unit: str = ""
    reading: str = ""


_RICHER = "higher means a richer vocabulary"
_COMPLEX = "higher means more complex sentences"
_CLOSER = "1 means the same direction in the language model, 0 none in common"
_MENTIONED = "mentioned, share of those in the task file"
DISPLAYS: dict[str, Display] = {
    "perplexity.forward_pooled": Display("Perplexity of the whole recording, read forwards", "perplexity"),
    "perplexity.backward_pooled": Display("Perplexity of the whole recording, read backwards", "perplexity"),
    "perplexity.joint_pooled": Display("Perplexity of the whole recording", "perplexity"),
    "perplexity.joint_mean": Display("Perplexity of a sentence, geometric mean", "perplexity"),
    "perplexity.joint_median": Display("Perplexity of the median sentence", "perplexity"),
    "perplexity.joint_max": Display("Perplexity of the most surprising sentence", "perplexity"),
    "perplexity.joint_p90": Display("Perplexity of a sentence, 90th percentile", "perplexity"),
    "perplexity.joint_sd": Display("Spread of perplexity between sentences", "two", reading="SD of its logarithm"),
    "perplexity.joint_slope": Display(
        "Change of perplexity from sentence to sentence", "two", reading="of its logarithm; 0 is no change"
    ),
    "perplexity.oov_share": Display("Words unknown to the language model", "percent"),
    "lexical.tokens": Display("Words", "count"),
    "lexical.types": Display("Different words", "count"),
    "lexical.mattr": Display("Different words in 25 consecutive words (MATTR)", "percent", reading=_RICHER),
    "lexical.brunet_w": Display("Vocabulary by Brunet’s W", "one", reading="lower means a richer vocabulary"),
    "lexical.honore_r": Display("Vocabulary by Honoré’s R", "count", reading=_RICHER),
    "lexical.zipf_mean": Display("Word frequency, Zipf scale", "two", reading="higher means more common words"),
    "lexical.zipf_sd": Display("Spread of word frequency, Zipf scale", "two"),
    "lexical.rare_word_share": Display("Rare words, share of words", "percent"),
    "lexical.word_length": Display("Letters per word", "two"),
    "lexical.pronoun_share": Display("Pronouns by word list, share of words", "percent"),
    "lexical.empty_word_share": Display("Empty words (thing, something, do, get), share of words", "percent"),
    "lexical.content_word_share": Display("Nouns, verbs, adjectives and adverbs, share of words", "percent"),
    "lexical.noun_verb_ratio": Display("Nouns per verb", "two"),
    "lexical.pronoun_noun_ratio": Display("Pronouns per noun", "two"),
    "lexical.idea_density": Display("Idea density, ideas per word", "two"),
    "syntactic.mlu": Display("Words per utterance (MLU)", "one"),
    "syntactic.clauses_per_utterance": Display("Clauses per utterance", "two"),
    "syntactic.words_per_clause": Display("Words per clause", "one"),
    "syntactic.subordinate_clauses_per_clause": Display("Subordinate clauses, share of clauses", "percent"),
    "syntactic.coordinate_clauses_per_clause": Display("Coordinate clauses, share of clauses", "percent"),
    "syntactic.embedded_clauses_per_utterance": Display("Embedded clauses per utterance", "two"),
    "syntactic.adverbial_clauses_per_utterance": Display("Adverbial clauses per utterance", "two"),
    "syntactic.relative_clauses_per_utterance": Display("Relative clauses per utterance", "two"),
    "syntactic.passives_per_clause": Display("Passives per clause", "two"),
    "syntactic.dependency_distance": Display("Distance to the word that a word depends on", "two", unit="words"),
    "syntactic.tree_depth": Display("Depth of sentence structure", "two", reading=_COMPLEX),
    "syntactic.embedding_depth": Display("Depth of embedded clauses", "two", reading=_COMPLEX),
    "syntactic.incomplete_share": Display("Utterances without a finite verb", "percent"),
    "syntactic.verbless_share": Display("Utterances without any verb", "percent"),
    "syntactic.noun_rate": Display("Nouns per 100 words", "one"),
    "syntactic.propn_rate": Display("Names per 100 words", "one"),
    "syntactic.pron_rate": Display("Pronouns per 100 words", "one"),
    "syntactic.verb_rate": Display("Verbs per 100 words", "one", reading="without auxiliary verbs"),
    "syntactic.aux_rate": Display("Auxiliary verbs per 100 words", "one"),
    "syntactic.adj_rate": Display("Adjectives per 100 words", "one"),
    "syntactic.adv_rate": Display("Adverbs per 100 words", "one"),
    "syntactic.adp_rate": Display("Prepositions per 100 words", "one"),
    "syntactic.det_rate": Display("Articles and determiners per 100 words", "one"),
    "syntactic.num_rate": Display("Numbers per 100 words", "one"),
    "syntactic.cconj_rate": Display("Coordinating conjunctions (and, but) per 100 words", "one"),
    "syntactic.sconj_rate": Display("Subordinating conjunctions (because, that) per 100 words", "one"),
    "syntactic.part_rate": Display("Particles (not, to, ’s) per 100 words", "one"),
    "syntactic.intj_rate": Display("Interjections (oh, well) per 100 words", "one"),
    "fluency.fillers": Display("Filled pauses (um, uh) per 100 words", "one"),
    "fluency.fragments": Display("Broken-off words per 100 words", "one"),
    "fluency.repetitions": Display("Repetitions per 100 words", "one"),
    "fluency.retracings": Display("Self-corrections per 100 words", "one"),
    "fluency.unintelligible": Display("Unintelligible stretches per 100 words", "one"),
    "fluency.pauses": Display("Silent pauses per 100 words", "one"),
    "fluency.long_pauses": Display("Long pauses per 100 words", "one", reading="marked as long, or over 2 seconds"),
    "fluency.pause_length": Display("Length of a pause, mean", "two", unit="s"),
    "fluency.pause_time_share": Display("Pauses, share of speaking time", "percent"),
    "fluency.speech_rate": Display("Words per minute", "count"),
    "fluency.words_per_utterance": Display("Words per utterance, with fillers and repetitions", "one"),
    "fluency.trailing_off_share": Display("Utterances that trail off", "percent"),
    "fluency.interrupted_share": Display("Utterances that are broken off", "percent"),
    "fluency.question_share": Display("Utterances that are questions", "percent"),
    "semantic.units_mentioned": Display("Information units mentioned", "count"),
    "semantic.units_share": Display(f"Information units {_MENTIONED}", "percent"),
    "semantic.subject_units_share": Display(f"Persons and animals {_MENTIONED}", "percent"),
    "semantic.place_units_share": Display(f"Places {_MENTIONED}", "percent"),
    "semantic.object_units_share": Display(f"Objects {_MENTIONED}", "percent"),
    "semantic.action_units_share": Display(f"Actions {_MENTIONED}", "percent"),
    "semantic.units_per_100_words": Display("Information units per 100 words", "one"),
    "semantic.units_per_minute": Display("Information units per minute", "one"),
    "semantic.unit_repeats": Display("Repeated mentions per information unit", "two"),
    "semantic.unit_order": Display(
        "Order of the information units (tau-b)", "two", reading="1 is the order of the task file, −1 the reverse"
    ),
    "semantic.first_unit_place": Display("Speech before the first information unit, share of words", "percent"),
    "semantic.mean_unit_place": Display(
        "Speech before an information unit, mean share of words", "percent", reading="higher means later mentions"
    ),
    "semantic.coherence_next": Display("Similarity of neighbouring sentences", "two", reading=_CLOSER),
    "semantic.coherence_next_least": Display("Least similarity of neighbouring sentences", "two", reading=_CLOSER),
    "semantic.coherence_gain": Display(
        "Similarity of neighbouring sentences above that of others", "two", reading="higher means a clearer thread"
    ),
    "semantic.coherence_reference": Display("Similarity to a reference description", "two", reading=_CLOSER),
}


def display_of(key: str, *, unit: str = "", own: bool = False) -> Display:
    """Return how a page shows a feature, by its dotted name.

    ``own`` columns of a manifest keep their name. What else is not listed comes from word norms: ``unit`` is the
    title of the norm, and the columns are its mean and its coverage.

    >>> display_of("syntactic.pron_rate").title, display_of("lexical.aoa_mean", unit="AoA").title
    ('Pronouns per 100 words', 'AoA, mean over words')
    """
    if key in DISPLAYS:
        return DISPLAYS[key]
    name = key.partition(".")[2]
    if not own and name.endswith("_mean"):
        return Display(f"{unit or name.removesuffix('_mean')}, mean over words", "digits")
    if not own and name.endswith("_coverage"):
        return Display(f"Words with a value of {name.removesuffix('_coverage')}", "percent")
    return Display(name, "digits")


def shown(key: str, *, unit: str = "") -> dict[str, str]:
    """Return what dictionary.json says of how pages show a feature.

    >>> shown("fluency.pause_length")
    {'title': 'Length of a pause, mean', 'shown_as': 'two', 'shown_unit': 's', 'reading': ''}
    """
    display = display_of(key, unit=unit)
    return {
        "title": display.title,
        "shown_as": display.form,
        "shown_unit": display.unit,
        "reading": display.reading,
    }
