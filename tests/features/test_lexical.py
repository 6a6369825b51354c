"""Speech -> lexical features."""

from __future__ import annotations

import doctest
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wordfreq import zipf_frequency

import adscreen.features.lexical
from adscreen.features import compute_features, prepare_speech
from adscreen.features.lexical import (
    LEXICAL,
    brunet_w,
    content_share,
    honore_r,
    idea_density,
    mattr,
    mean_length,
    mean_zipf,
    noun_verb_ratio,
    pronoun_noun_ratio,
    rare_share,
    sd_zipf,
    share_of,
    type_count,
    zipf_frequencies,
)
from adscreen.ingest.main_line import parse_main_line
from adscreen.language.language import EMPTY_WORDS, PRONOUNS
from adscreen.parser import ParsedSentence, ParsedWord, Parser
from adscreen.records import Transcript

WORDS = st.lists(st.sampled_from("the boy it it's thing he'll stool a i've zzqx ça don't".split()), min_size=1)
TWELVE = "the boy it is the boy it is on the stool there".split()


def transcript(*lines: str) -> Transcript:
    """Return a CHAT transcript of the participant's lines."""
    utterances = tuple(parse_main_line(line, speaker="PAR").utterance for line in lines)
    return Transcript("r", "s", utterances, "PAR", source_format="chat")


def test_the_examples_of_the_docstrings_run() -> None:
    """Every example in the module gives what it says."""
    result = doctest.testmod(adscreen.features.lexical)
    assert (0, True) == (result.failed, result.attempted >= 1)


def test_hand_computed_values() -> None:
    """12 words of 7 types: the x3, boy it is x2, on stool there once."""
    assert 7.0 == type_count(TWELVE)
    assert math.isclose(12 ** (7**-0.165), brunet_w(TWELVE))
    assert math.isclose(100 * math.log(12) / (1 - 3 / 7), honore_r(TWELVE))
    assert math.isclose((3 * 3 + 2 * 3 + 2 * 2 + 2 * 2 + 2 + 5 + 5) / 12, mean_length(TWELVE))
    assert math.isclose(2 / 12, share_of(TWELVE, frozenset({"it", "girl"})))
    # windows of 4: the boy it is (4), boy it is the (4), it is the boy (4), is the boy it (4), the boy it is (4),
    # boy it is on (4), it is on the (4), is on the stool (4), on the stool there (4)
    assert 1.0 == mattr(TWELVE, window=4)
    # windows of 6: the boy it is the boy 4, boy .. it 4, it .. is 4, is the boy it is on 5, the boy it is on the 5,
    # boy it is on the stool 6, it is on the stool there 6
    assert math.isclose((4 + 4 + 4 + 5 + 5 + 6 + 6) / 7 / 6, mattr(TWELVE, window=6))


@pytest.mark.parametrize(
    ("words", "expected"),
    [(["a"], 1.0), (["a", "a"], 0.5), (["a", "b", "a", "a"], 5 / 6), (["a", "b", "c"], 1.0), (["a"] * 9, 0.5)],
)
def test_mattr_of_windows_of_two(words: list[str], expected: float) -> None:
    """The mean of types / window over every window; one word alone fills a window of one."""
    assert math.isclose(expected, mattr(words, window=min(2, len(words))))


@given(words=WORDS, window=st.integers(1, 30))
def test_mattr_is_the_mean_over_windows(words: list[str], window: int) -> None:
    """The running count equals counting each window anew, and lies in (0, 1]."""
    window = min(window, len(words))
    windows = [words[start : start + window] for start in range(len(words) - window + 1)]
    expected = math.fsum(len(set(seen)) / window for seen in windows) / len(windows)
    value = mattr(words, window=window)
    assert 0 < value <= 1
    assert math.isclose(expected, value, rel_tol=1e-12)


@given(words=WORDS, seed=st.integers(0, 9))
def test_what_counts_types_does_not_read_order(words: list[str], seed: int) -> None:
    """Types, Brunet's W, Honoré's R, lengths, frequencies and shares are those of the shuffled words."""
    shuffled = random.Random(seed).sample(words, len(words))
    for measure in (type_count, brunet_w, honore_r, mean_length, mean_zipf):
        first, second = measure(words), measure(shuffled)
        assert math.isclose(first, second, rel_tol=1e-12) or (math.isnan(first) and math.isnan(second))
    assert share_of(words, PRONOUNS) == share_of(shuffled, PRONOUNS)


@given(words=WORDS)
def test_ranges(words: list[str]) -> None:
    """Shares lie in [0, 1], types between 1 and N, W at most N; R is NaN where every type is used once."""
    assert 0 <= share_of(words, PRONOUNS) <= 1
    assert 0 <= share_of(words, EMPTY_WORDS) <= 1
    assert 1 <= type_count(words) <= len(words)
    assert 1 <= brunet_w(words) <= len(words)
    assert math.isnan(honore_r(words)) == all(words.count(word) == 1 for word in words)


def test_richer_speech_has_a_lower_w_and_a_higher_r() -> None:
    """The direction of both indices, as published: with more types for as many words W falls; R rises with V1 / V."""
    poor, rich = ["a", "b"] * 20, [f"w{k}" for k in range(20)] * 2
    assert brunet_w(rich) < brunet_w(poor)
    assert honore_r([*"aabbcdef", "g"]) > honore_r([*"aabbccdd", "g"])


@pytest.mark.parametrize("clitic", ["'s", "'re", "'ve", "'ll", "'d", "'m"])
def test_a_clitic_does_not_hide_a_word(clitic: str) -> None:
    """``it's`` counts as ``it``; a clitic alone is no word of the list; ``don't`` is not ``do``."""
    listed = frozenset({"it", "do", ""})
    assert 1.0 == share_of([f"it{clitic}"], listed)
    assert 0.0 == share_of([clitic, "don't", f"kit{clitic}"], listed)


def test_frequencies_are_those_of_wordfreq() -> None:
    """The mean is over words that have a frequency; where none has one it is NaN, not 0."""
    expected = (zipf_frequency("the", "en") + zipf_frequency("stool", "en")) / 2
    assert zipf_frequency("zzqxv", "en") == 0
    assert math.isclose(expected, mean_zipf(["the", "zzqxv", "stool"]))
    assert mean_zipf(["the"]) > 7 > 4 > mean_zipf(["stool"])
    assert math.isnan(mean_zipf(["zzqxv"]))


def test_frequencies_in_figures() -> None:
    """the 7.73, dishcloth 1.71 (wordfreq 3.1.1): SD (7.73 - 1.71) / sqrt 2, one of two below 3, unknown left out."""
    words = ["the", "zzqxv", "dishcloth"]
    assert [7.73, 1.71] == zipf_frequencies(words)
    assert math.isclose((7.73 - 1.71) / math.sqrt(2), sd_zipf(words))
    assert 1 / 2 == rare_share(words)
    assert math.isnan(sd_zipf(["the", "zzqxv"]))
    assert math.isnan(rare_share(["zzqxv"]))


def parse(text: str) -> list[ParsedWord]:
    """Return words with parts of speech: ``the/DET boy/NOUN``."""
    pairs = [word.split("/") for word in text.split()]
    return [ParsedWord(word, word, upos, "", -1, "root", k) for k, (word, upos) in enumerate(pairs)]


FIRST = parse(
    "the/DET boy/NOUN is/AUX standing/VERB on/ADP the/DET stool/NOUN he/PRON is/AUX taking/VERB a/DET cookie/NOUN "
    "from/ADP the/DET jar/NOUN the/DET stool/NOUN is/AUX tipping/VERB over/ADV the/DET mother/NOUN does/AUX n't/PART "
    "notice/VERB the/DET water/NOUN"
)  # 27 syntactic words
SECOND = parse(
    "i/PRON ca/AUX n't/PART say/VERB there/PRON is/VERB a/DET girl/NOUN laughing/VERB in/ADP the/DET kitchen/NOUN "
    "the/DET girl/NOUN is/AUX at/ADP the/DET window/NOUN"
)  # 18 syntactic words


@dataclass(frozen=True)
class ByHand(Parser):
    """Parses everything as the words it was given."""

    words: tuple[ParsedWord, ...] = ()

    def parse(self, sentences: Sequence[Sequence[str]]) -> list[ParsedSentence]:
        """Return the words as one sentence."""
        return [ParsedSentence(self.words)]


def lexical(words: list[ParsedWord], *lines: str) -> dict[str, float]:
    """Return the lexical features of lines that are parsed as ``words``, by their short names."""
    speech = prepare_speech(transcript(*lines), ByHand(None, words=tuple(words)))
    return {feature.name: feature.value(speech) for feature in LEXICAL}


def check(expected: dict[str, float], values: dict[str, float]) -> None:
    """Assert that every feature has its expected value, or is NaN where that is."""
    assert list(expected) == list(values)
    for name, value in expected.items():
        assert math.isclose(value, values[name]) or (math.isnan(value) and math.isnan(values[name])), name


def test_hand_computed_values_of_the_first_transcript() -> None:
    """26 words of 18 types: the x6, is x3, stool x2, 15 others. Zipf frequencies are those of wordfreq 3.1.1."""
    zipf = [7.73] * 6 + [7.07] * 3 + [3.52] * 2  # the, is, stool
    zipf += [5.17, 4.86, 6.91, 6.69, 5.39, 7.36, 4.07, 6.63]  # boy standing on he taking a cookie from
    zipf += [3.93, 3.56, 6.08, 5.24, 5.53, 4.9, 5.52]  # jar tipping over mother doesn't notice water
    mean = sum(zipf) / 26
    expected = {
        "tokens": 26.0,
        "types": 18.0,
        "mattr": (17 + 18) / 2 / 25,  # words 1 to 25 lack water, words 2 to 26 lack no type
        "brunet_w": 26 ** (18**-0.165),
        "honore_r": 100 * math.log(26) / (1 - 15 / 18),
        "zipf_mean": mean,
        "zipf_sd": math.sqrt(sum((value - mean) ** 2 for value in zipf) / 25),
        "rare_word_share": 0.0,
        # the, boy, is, standing on, stool, he taking a cookie from jar tipping over mother doesn't notice water
        "word_length": (6 * 3 + 3 + 3 * 2 + 8 + 2 + 2 * 5 + 2 + 6 + 1 + 6 + 4 + 3 + 7 + 4 + 6 + 6 + 6 + 5) / 26,
        "pronoun_share": 1 / 26,  # he
        "empty_word_share": 0 / 26,
        "content_word_share": (7 + 4 + 0 + 1) / 27,  # nouns, verbs, adjectives, adverbs
        "noun_verb_ratio": 7 / 4,
        "pronoun_noun_ratio": 1 / 7,
        "idea_density": (4 + 0 + 1 + 2 + 0 + 1) / 27,  # verbs, adjectives, adverbs, adpositions, conjunctions, not
    }
    lines = ("&-uh The boy [/] boy is standing on the stool .", "he is taking a cookie from the jar .")
    check(expected, lexical(FIRST, *lines, "the stool is tipping over .", "the mother doesn't notice the water ."))


def test_hand_computed_values_of_the_second_transcript() -> None:
    """17 words of 13 types: the x3, is girl x2, 10 others; too few for a window of 25."""
    zipf = [7.73] * 3 + [7.07] * 2 + [5.38] * 2  # the, is, girl
    zipf += [
        7.09,
        5.8,
        5.89,
        6.31,
        7.36,
        4.61,
        7.27,
        4.65,
        6.7,
        4.8,
    ]  # i can't say there a laughing in kitchen at window
    mean = sum(zipf) / 17
    expected = {
        "tokens": 17.0,
        "types": 13.0,
        "mattr": math.nan,
        "brunet_w": 17 ** (13**-0.165),
        "honore_r": 100 * math.log(17) / (1 - 10 / 13),
        "zipf_mean": mean,
        "zipf_sd": math.sqrt(sum((value - mean) ** 2 for value in zipf) / 16),
        "rare_word_share": 0.0,
        # the, is, girl, i can't say there a laughing in kitchen at window
        "word_length": (3 * 3 + 2 * 2 + 2 * 4 + 1 + 4 + 3 + 5 + 1 + 8 + 2 + 7 + 2 + 6) / 17,
        "pronoun_share": 1 / 17,  # i
        "empty_word_share": 0 / 17,
        "content_word_share": (4 + 3 + 0 + 0) / 18,
        "noun_verb_ratio": 4 / 3,
        "pronoun_noun_ratio": 2 / 4,
        "idea_density": (3 + 0 + 0 + 2 + 0 + 1) / 18,
    }
    said = ("I can't say .", "there is a girl laughing in the kitchen .", "the girl is at the window .")
    check(expected, lexical(SECOND, *said))


def test_empty_and_rare_words_of_a_third_transcript() -> None:
    """Words that the two transcripts lack: of 12 got, thing and somebody are empty, dishcloth (1.71) is rare."""
    values = compute_features(transcript("well I got the thing from somebody .", "and wiped the dishcloth there ."))
    assert math.isclose(3 / 12, values["lexical.empty_word_share"])
    assert math.isclose(1 / 12, values["lexical.rare_word_share"])


def test_adjectives_conjunctions_and_names_count() -> None:
    """Parts of speech that the two transcripts lack."""
    words = parse("Mary/PROPN and/CCONJ big/ADJ John/PROPN look/VERB while/SCONJ it/PRON is/AUX wet/ADJ")
    assert (2 / 1, 1 / 2) == (noun_verb_ratio(words), pronoun_noun_ratio(words))
    assert ((2 + 1 + 2) / 9, (1 + 2 + 2) / 9) == (content_share(words), idea_density(words))


def test_ratios_without_a_denominator_are_nan() -> None:
    """No verb, no noun: NaN, not 0 and not infinite."""
    assert math.isnan(noun_verb_ratio(parse("the/DET boy/NOUN")))
    assert math.isnan(pronoun_noun_ratio(parse("he/PRON is/AUX")))
    assert math.isnan(content_share([]))


@given(times=st.integers(1, 4))
def test_ratios_do_not_hang_on_length(times: int) -> None:
    """Speech said several times over has the same ratios, frequencies and lengths, as many types, and more words."""
    for measure in (noun_verb_ratio, pronoun_noun_ratio, content_share, idea_density):
        assert math.isclose(measure(FIRST), measure(FIRST * times))
    for listed in (PRONOUNS, EMPTY_WORDS):
        assert math.isclose(share_of(TWELVE, listed), share_of(TWELVE * times, listed))
    for known in (mean_zipf, rare_share, mean_length):
        assert math.isclose(known(TWELVE), known(TWELVE * times))
    assert type_count(TWELVE) == type_count(TWELVE * times)
    assert brunet_w(TWELVE) <= brunet_w(TWELVE * times)


def test_features_read_the_fluent_view_in_lower_case() -> None:
    """Fillers, fragments, repeats and retraced words are not counted; targets are; case is folded."""
    values = compute_features(
        transcript("&-uh The boy [/] boy &+st <he's> [//] is gonna [: going to] fall .", "THE boy is there with it .")
    )
    fluent = "the boy is going to fall the boy is there with it".split()
    assert float(len(fluent)) == values["lexical.tokens"]
    assert float(len(set(fluent))) == values["lexical.types"]
    assert math.isclose(brunet_w(fluent), values["lexical.brunet_w"])
    assert math.isclose(honore_r(fluent), values["lexical.honore_r"])
    assert math.isclose(mean_zipf(fluent), values["lexical.zipf_mean"])
    assert math.isclose(mean_length(fluent), values["lexical.word_length"])
    assert math.isclose(1 / 12, values["lexical.pronoun_share"])
    assert 0.0 == values["lexical.empty_word_share"]


@pytest.mark.parametrize(("count", "missing"), [(0, 12), (9, 12), (10, 1), (24, 1), (25, 0)])
def test_too_few_words_are_nan(count: int, missing: int) -> None:
    """Below 10 words all but the counts are NaN, below 25 MATTR; a count is never NaN."""
    words = ["boy", "the"] * 20
    values = compute_features(transcript(f"{' '.join(words[:count])} .", "0 ."))
    assert math.isnan(values.pop("lexical.noun_verb_ratio"))  # no verb
    absent = [feature.name for feature in LEXICAL if math.isnan(values.get(feature.key, 0.0))]
    assert missing == len(absent)
    assert missing == 0 or "mattr" in absent
    assert (float(count), float(min(count, 2))) == (values["lexical.tokens"], values["lexical.types"])
