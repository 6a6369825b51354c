"""Log-probabilities -> perplexity of sentences and its summary over a recording."""

from __future__ import annotations

import doctest
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import adscreen.extract.perplexity
from adscreen.bilm.engine import BiLM, Reading
from adscreen.bilm.format import read_bilm
from adscreen.bundled import bundled
from adscreen.errors import InputError
from adscreen.extract.perplexity import (
    SentencePerplexity,
    perplexity,
    score_sentences,
    sentence_perplexity,
    summarise_perplexity,
)
from adscreen.records import Sentence
from adscreen.words import split_text, tokenize

NO_LAYERS = np.zeros((1, 0, 2), dtype=np.float32)
SUMMARY = (
    "forward_pooled backward_pooled joint_pooled joint_mean joint_median joint_max joint_p90 joint_sd joint_slope "
    "oov_share"
).split()


def reading(forward: list[float], backward: list[float], *, out_of_vocabulary: int = 0) -> Reading:
    """Return a reading with these probabilities."""
    return Reading(NO_LAYERS, np.log(forward), np.log(backward), out_of_vocabulary)


def score(index: int, words: int, log_joint: float, *, oov: int = 0) -> SentencePerplexity:
    """Return a sentence whose forward and backward log-perplexities lie 0.5 below and above the joint one."""
    return SentencePerplexity("r", index, words, oov, *(math.exp(log_joint + shift) for shift in (-0.5, 0.5, 0.0)))


def test_the_examples_of_the_docstrings_run() -> None:
    """Every example in the module gives what it says."""
    result = doctest.testmod(adscreen.extract.perplexity)
    assert (0, True) == (result.failed, result.attempted >= 1)


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [([0.5, 0.125], 4.0), ([0.25], 4.0), ([1.0, 1.0], 1.0), ([0.5, 0.5, 0.5], 2.0), ([0.1, 0.001], 100.0)],
)
def test_hand_computed_values(probabilities: list[float], expected: float) -> None:
    """exp(mean -log p): p = 1/2 and 1/8 give (2 x 8) ** (1/2) = 4."""
    assert math.isclose(expected, perplexity(np.log(probabilities)), rel_tol=1e-12)


def test_no_targets_have_no_perplexity() -> None:
    """Without a target it is NaN, never 0 or 1."""
    assert math.isnan(perplexity(np.zeros(0)))


PROBABILITIES = st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=20)


@given(probabilities=PROBABILITIES, data=st.data())
def test_a_likelier_word_lowers_perplexity(probabilities: list[float], data: st.DataObject) -> None:
    """Perplexity is at least 1, does not depend on order, and falls as any one probability rises."""
    value = perplexity(np.log(probabilities))
    assert value >= 1.0
    assert value == perplexity(np.log(data.draw(st.permutations(probabilities))))
    k = data.draw(st.integers(0, len(probabilities) - 1))
    likelier = [*probabilities[:k], min(1.0, probabilities[k] * 1.5), *probabilities[k + 1 :]]
    if likelier[k] > probabilities[k]:
        assert perplexity(np.log(likelier)) < value or math.isclose(likelier[k], probabilities[k], rel_tol=1e-9)


def test_the_perplexities_of_a_sentence() -> None:
    """Joint is over the targets of both directions: forward 1/2, 1/8 and backward 1/4, 1/64 give 4, 16 and 8."""
    sentence = Sentence("r", 7, ("boy",))
    scored = sentence_perplexity(sentence, reading([0.5, 0.125], [0.25, 1 / 64], out_of_vocabulary=1))
    assert ("r", 7, 1, 1) == (scored.recording_id, scored.index, scored.words, scored.out_of_vocabulary)
    np.testing.assert_allclose([scored.forward, scored.backward, scored.joint], [4.0, 16.0, 8.0], rtol=1e-12)


@pytest.fixture(scope="module")
def bilm(tiny_bilm: Path) -> BiLM:
    """A small random biLM."""
    return BiLM(read_bilm(tiny_bilm))


def test_boundaries_are_targets(bilm: BiLM) -> None:
    """A sentence of n words has n + 1 targets a direction, so that its ending counts."""
    tokens = ("the", "boy", "is", "falling")
    (scored,) = score_sentences([Sentence("r", 0, tokens)], bilm)
    (read,) = bilm.read([tokens], log_probabilities=True)
    assert read.forward is not None
    assert read.backward is not None
    assert 5 == len(read.forward) == len(read.backward)
    assert math.isclose(math.exp(-read.forward.sum() / 5), scored.forward, rel_tol=1e-12)
    assert math.isclose(math.exp(-read.backward.sum() / 5), scored.backward, rel_tol=1e-12)
    assert math.isclose(math.sqrt(scored.forward * scored.backward), scored.joint, rel_tol=1e-12)


def test_a_sentence_without_words_is_nan_among_others(bilm: BiLM) -> None:
    """It keeps its place and index, with NaN; the others are as they are alone."""
    sentences = [Sentence("r", 0, ("uh", "yeah")), Sentence("r", 1, ()), Sentence("r", 2, ("oh",))]
    scores = score_sentences(sentences, bilm)
    assert [0, 1, 2] == [scored.index for scored in scores]
    assert [2, 0, 1] == [scored.words for scored in scores]
    assert all(math.isnan(value) for value in (scores[1].forward, scores[1].backward, scores[1].joint))
    assert scores[2] == score_sentences(sentences[2:], bilm)[0]


def test_words_outside_the_vocabulary_are_counted(bilm: BiLM) -> None:
    """They score as <UNK>, whatever they are, and each occurrence counts."""
    first, second = score_sentences(
        [Sentence("r", 0, ("the", "zebra", "zebra")), Sentence("r", 1, ("the", "boy", "falling"))], bilm
    )
    assert (2, 0) == (first.out_of_vocabulary, second.out_of_vocabulary)
    assert math.isfinite(first.joint)


def test_a_biLM_without_softmax_is_refused(bilm: BiLM) -> None:
    """Embedding-only weights give no perplexity: an InputError says which files to add."""
    with pytest.raises(InputError, match="no softmax"):
        score_sentences([Sentence("r", 0, ("boy",))], BiLM(replace(bilm.files, softmax=None)))


def test_hand_computed_summary() -> None:
    """Mean, median, maximum, SD, 90th percentile and slope of log-perplexities 1, 4 and 2 at sentences 0, 1 and 3."""
    summary = summarise_perplexity([score(0, 1, 1.0, oov=1), score(1, 3, 4.0), score(2, 0, math.nan), score(3, 5, 2.0)])
    expected = {
        "joint_pooled": (2 * 1 + 4 * 4 + 6 * 2) / 12,
        "forward_pooled": (2 * 1 + 4 * 4 + 6 * 2) / 12 - 0.5,
        "backward_pooled": (2 * 1 + 4 * 4 + 6 * 2) / 12 + 0.5,
        "joint_mean": 7 / 3,
        "joint_median": 2.0,
        "joint_max": 4.0,
        "joint_p90": 2 + 0.8 * 2,  # of 1, 2, 4: rank 0.9 x 2 = 1.8, four fifths of the way from 2 to 4
        "joint_sd": math.sqrt(((1 - 7 / 3) ** 2 + (4 - 7 / 3) ** 2 + (2 - 7 / 3) ** 2) / 2),
        "joint_slope": (-4 / 3 * (1 - 7 / 3) - 1 / 3 * (4 - 7 / 3) + 5 / 3 * (2 - 7 / 3)) / (16 + 1 + 25) * 9,
        "oov_share": 1 / 9,
    }
    assert set(SUMMARY) == set(expected) == set(summary)
    for name, value in expected.items():
        assert math.isclose(value, summary[name], rel_tol=1e-12), name


def test_pooled_is_the_perplexity_of_all_targets_together(bilm: BiLM) -> None:
    """Weighing each sentence by its targets, the pooled value is the log-perplexity of the whole recording."""
    texts = [("the", "boy"), ("uh",), ("she", "is", "reaching", "the", "cookies", "zebra")]
    scores = score_sentences([Sentence("r", k, tokens) for k, tokens in enumerate(texts)], bilm)
    log_p = np.concatenate([r.forward for r in bilm.read(texts, log_probabilities=True) if r.forward is not None])
    assert math.isclose(-log_p.mean(), summarise_perplexity(scores)["forward_pooled"], rel_tol=1e-12)


@pytest.mark.parametrize(
    ("count", "missing"),
    [(0, set(SUMMARY)), (1, {"joint_sd", "joint_slope"}), (2, {"joint_slope"}), (3, set())],
)
def test_what_cannot_be_computed_is_nan(count: int, missing: set[str]) -> None:
    """Without words all is NaN; SD needs two sentences and the slope three; wordless sentences do not count."""
    scores = [score(k, 4, float(k % 2)) for k in range(count)] + [score(9, 0, math.nan), score(10, 0, math.nan)]
    summary = summarise_perplexity(scores)
    assert missing == {name for name, value in summary.items() if math.isnan(value)}
    assert set(SUMMARY) == set(summarise_perplexity([]))


def test_the_slope_rises_as_speech_grows_less_predictable() -> None:
    """It is nats per sentence of the recording, so wordless sentences between stretch it."""
    rising = [score(k, 5, 1.0 + 0.25 * k) for k in range(5)]
    assert math.isclose(0.25, summarise_perplexity(rising)["joint_slope"], rel_tol=1e-9)
    falling = [score(k, 5, 3.0 - 0.25 * k) for k in range(5)]
    assert math.isclose(-0.25, summarise_perplexity(falling)["joint_slope"], rel_tol=1e-9)
    stretched = [score(2 * k, 5, 1.0 + 0.25 * k) for k in range(5)]
    assert math.isclose(0.125, summarise_perplexity(stretched)["joint_slope"], rel_tol=1e-9)


SCORES = st.lists(st.tuples(st.integers(0, 20), st.floats(0.0, 12.0)), max_size=8).map(
    lambda pairs: [score(k, words, value if words else math.nan) for k, (words, value) in enumerate(pairs)]
)


@given(scores=SCORES)
def test_summaries_lie_within_their_values(scores: list[SentencePerplexity]) -> None:
    """Location measures lie between the least and the greatest sentence; the order in the list does not matter."""
    summary = summarise_perplexity(scores)
    values = [math.log(scored.joint) for scored in scores if scored.words]
    if values:
        for name in ("joint_pooled", "joint_mean", "joint_median", "joint_p90", "joint_max"):
            assert min(values) - 1e-9 <= summary[name] <= max(values) + 1e-9
        assert not 0 > summary["joint_sd"]
    backwards = summarise_perplexity(scores[::-1])
    for name, value in summary.items():
        assert math.isclose(value, backwards[name], rel_tol=1e-6, abs_tol=1e-9) or math.isnan(value)


INVENTED = """the boy is standing on the stool and it is going to fall
the mother is washing the dishes and the water is running over
she doesn't see what the kids are doing behind her back
the girl is reaching up for a cookie and she has her finger on her lips
there is a window over the sink and you can see the garden outside
I think he wants to take two cookies one for her and one for himself
I don't know what else is going on in the picture
and then the water is all over the floor""".splitlines()


def intact(shared: Path | None) -> list[list[str]]:
    """Return sentences of 6 to 40 words, at most 60: of AMI transcripts, or invented ones where no folder is given."""
    lines = INVENTED
    if shared is not None:
        paths = sorted((shared / "ami").rglob("*.txt"))[::40]
        lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    sentences = [[token.text for token in tokenize(part)] for line in lines for part in split_text(line)]
    return [words for words in sentences if 6 <= len(words) <= 40][:60]


@pytest.mark.parametrize("source", ["ami", "invented"])
def test_english_is_likelier_than_english_backwards(source: str, request: pytest.FixtureRequest) -> None:
    """With the biLM that ships, intact sentences have lower perplexity than the same words reversed."""
    try:
        bilm = BiLM(read_bilm(bundled("models/speech-bilm")))
    except InputError:
        pytest.skip("needs the bundled biLM models/speech-bilm")
    sentences = intact(request.getfixturevalue("shared") if source == "ami" else None)
    assert len(sentences) >= (50 if source == "ami" else 8)
    forwards = score_sentences([Sentence("r", k, tuple(words)) for k, words in enumerate(sentences)], bilm)
    reverse = score_sentences([Sentence("r", k, tuple(words[::-1])) for k, words in enumerate(sentences)], bilm)
    gains = [math.log(worse.joint / better.joint) for better, worse in zip(forwards, reverse, strict=True)]
    assert np.mean(gains) > 0.3
    assert np.mean([gain > 0 for gain in gains]) > 0.8
    summary, reversed_summary = summarise_perplexity(forwards), summarise_perplexity(reverse)
    assert summary["joint_pooled"] < reversed_summary["joint_pooled"]
    assert summary["forward_pooled"] < reversed_summary["forward_pooled"]
    assert summary["backward_pooled"] < reversed_summary["backward_pooled"]
