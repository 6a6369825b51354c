"""Speech -> lexical features."""

from __future__ import annotations

import doctest
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wordfreq import zipf_frequency

import pipeline.features.lexical
from pipeline.features import compute_features
from pipeline.features.lexical import (
    EMPTY_WORDS,
    LEXICAL,
    PRONOUNS,
    brunet_w,
    honore_r,
    mattr,
    mean_length,
    mean_zipf,
    share_of,
    type_count,
)
from pipeline.ingest.main_line import parse_main_line
from pipeline.records import Transcript

WORDS = st.lists(st.sampled_from("the boy it it's thing he'll stool a i've zzqx ça don't".split()), min_size=1)
TWELVE = "the boy it is the boy it is on the stool there".split()


def transcript(*lines: str) -> Transcript:
    """Return a CHAT transcript of the participant's lines."""
    utterances = tuple(parse_main_line(line, speaker="PAR").utterance for line in lines)
    return Transcript("r", "s", utterances, "PAR", source_format="chat")


def test_the_examples_of_the_docstrings_run() -> None:
    """Every example in the module gives what it says."""
    result = doctest.testmod(pipeline.features.lexical)
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


@pytest.mark.parametrize(("count", "missing"), [(0, 9), (9, 9), (10, 1), (24, 1), (25, 0)])
def test_too_few_words_are_nan(count: int, missing: int) -> None:
    """Below 10 words all but the counts are NaN, below 25 MATTR; a count is never NaN."""
    words = ["boy", "the"] * 20
    values = compute_features(transcript(f"{' '.join(words[:count])} .", "0 ."))
    absent = [feature.name for feature in LEXICAL if math.isnan(values[feature.key])]
    assert missing == len(absent)
    assert missing == 0 or "mattr" in absent
    assert (float(count), float(min(count, 2))) == (values["lexical.tokens"], values["lexical.types"])
