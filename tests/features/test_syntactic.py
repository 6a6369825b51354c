"""Parsed utterances -> syntactic features, against values worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adscreen.features import FEATURES, prepare_speech
from adscreen.features.syntactic import SYNTACTIC, clause_heads, depth_of
from adscreen.ingest.main_line import parse_main_line
from adscreen.parser import ParsedSentence, ParsedWord, Parser, load_parser
from adscreen.records import Transcript


def tree(*rows: str) -> ParsedSentence:
    """Return a tree of ``word UPOS head relation [form]`` rows, heads counted from 1, 0 for the root."""
    words = []
    for number, row in enumerate(rows):
        text, upos, head, deprel, *form = row.split()
        words.append(ParsedWord(text, text, upos, f"VerbForm={form[0]}" if form else "", int(head) - 1, deprel, number))
    return ParsedSentence(tuple(words))


# Transcript A: three utterances, one of an interjection alone.
BOY = tree(
    "the DET 2 det",
    "boy NOUN 5 nsubj",
    "who PRON 4 nsubj",
    "climbed VERB 2 acl:relcl Fin",
    "falls VERB 0 root Fin",
    "because SCONJ 9 mark",
    "the DET 8 det",
    "stool NOUN 9 nsubj",
    "tips VERB 5 advcl Fin",
)
GIRL = tree(
    "she PRON 3 nsubj",
    "is AUX 3 aux Fin",
    "asking VERB 0 root Part",
    "him PRON 3 obj",
    "to PART 6 mark",
    "hurry VERB 3 xcomp Inf",
    "and CCONJ 9 cc",
    "he PRON 9 nsubj",
    "laughs VERB 3 conj Fin",
)
MHM = tree("mhm INTJ 0 root")
A = (BOY, GIRL, MHM)
# Transcript B: one clause in the passive, and two utterances without a finite verb.
PLATES = tree(
    "the DET 2 det",
    "plates NOUN 4 nsubj:pass",
    "were AUX 4 aux:pass Fin",
    "washed VERB 0 root Part",
    "twice ADV 4 advmod",
)
KITCHEN = tree("a DET 3 det", "big ADJ 3 amod", "kitchen NOUN 0 root")
DRYING = tree("mother PROPN 2 nsubj", "drying VERB 0 root Part", "two NUM 4 nummod", "dishes NOUN 2 obj")
B = (PLATES, KITCHEN, DRYING)

# Worked out by hand. A: 19 words in 3 utterances; clauses climbed, falls, tips, asking, laughs. B: 12 words in 3.
EXPECTED = {
    # 9 + 9 + 1 words, 3 utterances | 5 + 3 + 4, 3
    "mlu": (19 / 3, 12 / 3),
    # 5 clauses | 1 (washed); drying has no finite verb
    "clauses_per_utterance": (5 / 3, 1 / 3),
    "words_per_clause": (19 / 5, 12 / 1),
    # climbed (acl:relcl), tips (advcl); hurry is not finite | none
    "subordinate_clauses_per_clause": (2 / 5, 0.0),
    # laughs (conj) | none
    "coordinate_clauses_per_clause": (1 / 5, 0.0),
    # climbed, hurry | none
    "embedded_clauses_per_utterance": (2 / 3, 0.0),
    # tips | none
    "adverbial_clauses_per_utterance": (1 / 3, 0.0),
    "relative_clauses_per_utterance": (1 / 3, 0.0),
    # none | plates
    "passives_per_clause": (0.0, 1.0),
    # BOY: 1 3 1 2 - 3 1 1 4 = 16 over 8; GIRL: 2 1 - 1 1 3 2 1 6 = 17 over 8 | 1 2 1 - 1 = 5; 2 1 = 3; 1 - 1 2 = 4
    "dependency_distance": (33 / 16, 12 / 9),
    # BOY: who-climbed-boy-falls 3; GIRL: to-hurry-asking 2; MHM 0 | the-plates-washed 2; 1; two-dishes-drying 2
    "tree_depth": (5 / 3, 5 / 3),
    # BOY: 1; GIRL: 1 (hurry); MHM: 0 | none
    "embedding_depth": (2 / 3, 0.0),
    # of BOY and GIRL none (MHM is left out) | kitchen and drying of three
    "incomplete_share": (0.0, 2 / 3),
    # none | kitchen
    "verbless_share": (0.0, 1 / 3),
    # per 100 of 19 and of 12 words
    "noun_rate": (200 / 19, 300 / 12),
    "propn_rate": (0.0, 100 / 12),
    "pron_rate": (400 / 19, 0.0),
    "verb_rate": (600 / 19, 200 / 12),
    "aux_rate": (100 / 19, 100 / 12),
    "adj_rate": (0.0, 100 / 12),
    "adv_rate": (0.0, 100 / 12),
    "adp_rate": (0.0, 0.0),
    "det_rate": (200 / 19, 200 / 12),
    "num_rate": (0.0, 100 / 12),
    "cconj_rate": (100 / 19, 0.0),
    "sconj_rate": (100 / 19, 0.0),
    "part_rate": (100 / 19, 0.0),
    "intj_rate": (100 / 19, 0.0),
}


@dataclass(frozen=True)
class Written:
    """Speech whose trees are written by hand: what a feature reads of ``Speech``."""

    has_trees = True

    parsed: Sequence[ParsedSentence]

    def words(self, view: str) -> list[str]:
        """Return one word a tree's word."""
        return [word.text for sentence in self.parsed for word in sentence]

    def sentences(self, view: str) -> list[Any]:
        """Return the trees' words as sentences."""
        return [SimpleNamespace(tokens=[word.text for word in sentence]) for sentence in self.parsed]


def values_of(trees: Sequence[ParsedSentence]) -> dict[str, float]:
    """Return every syntactic feature of trees."""
    return {feature.name: feature.value(Written(trees)) for feature in SYNTACTIC}  # type: ignore[arg-type]


def transcript(*lines: str) -> Transcript:
    """Return a transcript of the participant's lines."""
    utterances = tuple(parse_main_line(line, speaker="PAR").utterance for line in lines)
    return Transcript("r", "s", utterances, "PAR", source_format="chat")


@pytest.mark.parametrize(("trees", "column"), [(A, 0), (B, 1)], ids=["A", "B"])
def test_values_worked_out_by_hand(trees: tuple[ParsedSentence, ...], column: int) -> None:
    """Every feature of two short transcripts is what its formula says."""
    values = values_of(trees)
    assert EXPECTED.keys() == values.keys()
    for name, value in values.items():
        assert EXPECTED[name][column] == pytest.approx(value, abs=1e-12), name


def test_adpositions_count() -> None:
    """The part of speech that A and B lack: two of twelve words."""
    rows = ("boy NOUN 0 root", "on ADP 3 case", "stool NOUN 1 nmod", "by ADP 5 case", "sink NOUN 1 nmod")
    assert 200 / 12 == pytest.approx(values_of((tree(*rows), DRYING, KITCHEN))["adp_rate"], abs=1e-12)


def test_predicates_that_share_a_finite_verb_are_one_clause() -> None:
    """``is washing and drying``: only the predicate with the auxiliary heads a clause; a copula counts as its verb."""
    shared = tree("she PRON 3 nsubj", "is AUX 3 aux Fin", "washing VERB 0 root Part", "drying VERB 3 conj Part")
    assert [2] == clause_heads(shared)
    assert [2] == clause_heads(tree("she PRON 3 nsubj", "is AUX 3 cop Fin", "happy ADJ 0 root"))
    assert [1] == clause_heads(tree("he PRON 2 nsubj", "is AUX 0 root Fin"))


def test_depth_of_a_long_chain() -> None:
    """A chain of 3,000 words is 2,999 deep, without recursion."""
    chain = tree(*(f"w X {number} {'dep' if number else 'root'}" for number in range(3000)))
    assert 2999 == depth_of(chain)


def test_too_little_speech_is_nan() -> None:
    """No word and one word give no feature; 5,000 words give all."""
    assert all(math.isnan(value) for value in values_of(()).values())
    assert all(math.isnan(value) for value in values_of((MHM,)).values())
    assert all(math.isfinite(value) for value in values_of(A * 264).values())


def test_what_is_undefined_is_nan_with_its_reason() -> None:
    """Without a finite verb no share of clauses exists; interjections alone have no incomplete share."""
    speech = Written((KITCHEN,) * 4)
    undefined = {feature.name: feature.undefined for feature in SYNTACTIC if math.isnan(feature.value(speech))}  # type: ignore[arg-type]
    assert {"no clause with a finite verb"} == set(undefined.values())
    assert {
        "words_per_clause",
        "subordinate_clauses_per_clause",
        "coordinate_clauses_per_clause",
        "passives_per_clause",
    } == undefined.keys()
    only = values_of((MHM,) * 12)
    assert math.isnan(only["incomplete_share"])
    assert math.isnan(only["dependency_distance"])
    assert 100.0 == only["intj_rate"]


@settings(max_examples=40)
@given(st.lists(st.sampled_from((*A, *B)), min_size=3, max_size=12), st.randoms())
def test_means_do_not_change_with_repetition_or_order(trees: list[ParsedSentence], order: Any) -> None:
    """Saying everything twice, or in another order, changes no feature: all are means, shares and rates."""
    once = values_of(trees)
    twice = trees * 2
    order.shuffle(twice)
    if sum(map(len, trees)) >= 10:
        assert repr(once) == repr(values_of(twice))


@settings(max_examples=40)
@given(st.lists(st.sampled_from((*A, *B)), min_size=10, max_size=12))
def test_bounds(trees: list[ParsedSentence]) -> None:
    """Shares lie between 0 and 1, rates sum to at most 100, and a clause is at most an utterance's words."""
    values = values_of(trees)
    for name in ("subordinate_clauses_per_clause", "coordinate_clauses_per_clause", "incomplete_share"):
        assert math.isnan(values[name]) or 0 <= values[name] <= 1
    assert sum(value for name, value in values.items() if name.endswith("_rate")) <= 100 + 1e-9
    assert math.isnan(values["verbless_share"]) or values["verbless_share"] <= values["incomplete_share"]


def test_a_transcript_is_parsed_in_its_fluent_view_once() -> None:
    """Features of a CHAT transcript read the fluent words, and the parser runs once for every family."""
    calls = []

    class Counting(Parser):
        def parse(self, sentences: Sequence[Sequence[str]]) -> list[ParsedSentence]:
            calls.append([list(sentence) for sentence in sentences])
            return Parser.parse(self, sentences)

    spoken = transcript("&-um the boy [/] boy is falling off .", "0 .", "she's washing the dishes &-uh .", "mhm .")
    speech = prepare_speech(spoken, Counting(load_parser().nlp))
    values = {feature.name: feature.value(speech) for feature in FEATURES}
    assert [["the boy is falling off".split(), [], "she's washing the dishes".split(), ["mhm"]]] == calls
    assert [5, 0, 5, 1] == [len(sentence) for sentence in speech.parsed]
    assert 10 / 3 == values["mlu"]


def test_real_speech_end_to_end() -> None:
    """The real parser on plain sentences gives the values that their structure has."""
    speech = prepare_speech(transcript("the boy is falling .", "she is washing the dishes .", "the water is running ."))
    values = {feature.name: feature.value(speech) for feature in SYNTACTIC}
    assert 13 / 3 == values["mlu"]
    assert 1.0 == values["clauses_per_utterance"]
    assert 0.0 == values["incomplete_share"] == values["subordinate_clauses_per_clause"]
    assert 300 / 13 == pytest.approx(values["det_rate"])
    assert 300 / 13 == pytest.approx(values["aux_rate"])
