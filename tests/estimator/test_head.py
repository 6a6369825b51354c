"""p(word | context): a distribution, learned from the rows given, that prefers speech in its own order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from adscreen.errors import InputError
from adscreen.estimator import HybridHead
from adscreen.estimator.head import UNKNOWN, _gradients, log_softmax_at, mean_by_sentence
from adscreen.extract.feature_table import SENTENCE_WORDS, STATES, TOKENS, FeatureTable

HALF = 16


@pytest.fixture(scope="module")
def head(simulated_table: FeatureTable) -> HybridHead:
    """A head fitted on the first half of the cohort."""
    return HybridHead().fit(simulated_table.inputs[:HALF])


def test_probabilities_sum_to_one(head: HybridHead, simulated_table: FeatureTable) -> None:
    """At each place the words of the vocabulary, <UNK> among them, share a probability of 1."""
    for scores, numbers in head.scores(simulated_table.inputs[HALF : HALF + 3]):
        every = np.stack([log_softmax_at(scores, np.full(len(numbers), word)) for word in range(scores.shape[1])])
        assert np.ones(len(numbers)) == pytest.approx(np.exp(every).sum(axis=0), abs=1e-5)


def test_the_vocabulary_is_what_was_said_twice(head: HybridHead, simulated_table: FeatureTable) -> None:
    """Words of two occurrences or more, sorted, after <UNK>, which counts all others."""
    said = pd.Series([word for tokens in simulated_table.inputs[TOKENS][:HALF] for word in tokens]).value_counts()
    expected = sorted(said.index[said >= 2])
    assert [UNKNOWN, *expected] == head.vocabulary_.tolist()
    assert [int(said[said < 2].sum()), *said[expected].tolist()] == head.counts_.tolist()


def test_words_have_numbers(head: HybridHead) -> None:
    """A known word has its place, any other 0, whether it sorts before, between or after the known ones."""
    known = head.vocabulary_[[1, 5, -1]]
    asked = np.array([known[0], "", known[1], "qqq", known[2], "zzzz"])
    assert [1, 0, 5, 0, len(head.vocabulary_) - 1, 0] == head.word_numbers(asked).tolist()


def test_held_out_speech_is_likelier_than_by_frequency(head: HybridHead, simulated_table: FeatureTable) -> None:
    """Perplexity on recordings it was not fitted on is below that of the words' shares alone."""
    rows = simulated_table.inputs[HALF:]
    of_words = np.concatenate(head.log_probabilities(rows))
    shares = np.log((head.counts_ + 0.5) / (head.counts_ + 0.5).sum())
    numbers = [head.word_numbers(np.array(tokens)) for tokens in rows[TOKENS]]
    assert -of_words.mean() < -shares[np.concatenate(numbers)].mean() - 0.1


def test_the_gradient_is_that_of_the_cross_entropy() -> None:
    """Central differences of the loss in every parameter agree, in double precision."""
    rng = np.random.default_rng(0)
    contexts, words, numbers = rng.normal(size=(6, 4)), rng.normal(size=(5, 3)), np.array([0, 1, 4, 4, 2, 3])
    parts = [rng.normal(size=(4, 2)), rng.normal(size=(3, 2)), rng.normal(size=5)]

    def loss() -> float:
        scores = contexts @ parts[0] @ (words @ parts[1]).T + parts[2]
        return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(6), numbers]))

    for part, gradient in zip(parts, _gradients(parts, contexts, words, numbers), strict=True):  # type: ignore[arg-type]
        for place in np.ndindex(part.shape):
            part[place] += 1e-6
            above = loss()
            part[place] -= 2e-6
            below = loss()
            part[place] += 1e-6
            assert (above - below) / 2e-6 == pytest.approx(gradient[place], abs=1e-6)


def test_log_probability_by_hand() -> None:
    """Scores log 1, log 2, log 5 give probabilities 1/8, 2/8, 5/8."""
    scores = np.log(np.array([[1, 2, 5], [5, 2, 1]], dtype=np.float32))
    assert [np.log(5 / 8), np.log(2 / 8)] == pytest.approx(log_softmax_at(scores, np.array([2, 1])), abs=1e-6)


def test_means_by_sentence_by_hand() -> None:
    """Sentences of 2, 0 and 1 words: the empty one is passed over."""
    assert [1.5, 7.0] == mean_by_sentence(np.array([1.0, 2.0, 7.0]), [2, 0, 1]).tolist()
    assert [] == mean_by_sentence(np.zeros(0), [0]).tolist()


def test_a_row_has_the_same_bytes_in_any_batch(head: HybridHead, simulated_table: FeatureTable) -> None:
    """Alone, together, and in another order."""
    rows = simulated_table.inputs[HALF : HALF + 5]
    together = [values.tobytes() for values in head.log_probabilities(rows)]
    alone = [head.log_probabilities(rows[number : number + 1])[0].tobytes() for number in range(5)]
    assert together == alone
    assert together[::-1] == [values.tobytes() for values in head.log_probabilities(rows[::-1])]


def test_the_document_vector_is_part_of_the_context_unless_left_out(
    head: HybridHead, simulated_table: FeatureTable
) -> None:
    """With it other sentences of a recording change a sentence's value; without it none does."""
    row = simulated_table.inputs[HALF : HALF + 1]
    first = row[SENTENCE_WORDS].iloc[0][0]
    alone = row.assign(
        **{
            TOKENS: [row[TOKENS].iloc[0][:first]],
            SENTENCE_WORDS: [[first]],
            STATES: [row[STATES].iloc[0][:first]],
        }
    )
    without = HybridHead(document=False).fit(simulated_table.inputs[:HALF])
    for fitted, same in ((head, False), (without, True)):
        whole, part = (fitted.sentence_log_perplexities(rows)[0][0] for rows in (row, alone))
        assert same == (whole == pytest.approx(part, abs=1e-6))


def test_a_silent_row_has_no_sentence(head: HybridHead, simulated_table: FeatureTable) -> None:
    """It gives nothing, and its neighbours what they give without it."""
    row = simulated_table.inputs[HALF : HALF + 1]
    silent = row.assign(**{TOKENS: [[]], SENTENCE_WORDS: [[0]], STATES: [row[STATES].iloc[0][:0]]})
    found = head.sentence_log_perplexities(pd.concat([silent, row]))
    assert 0 == len(found[0])
    assert head.sentence_log_perplexities(row)[0].tobytes() == found[1].tobytes()


def test_an_adapted_head_fits_its_speech_better(head: HybridHead, simulated_table: FeatureTable) -> None:
    """It learns from the rows given, keeps the vocabulary, and leaves the first head as it was."""
    rows = simulated_table.inputs[HALF:]
    before = np.concatenate(head.log_probabilities(rows))
    adapted = head.adapt(rows, shift=np.zeros(len(head.vocabulary_)), rate=2e-3)
    assert np.concatenate(adapted.log_probabilities(rows)).mean() > before.mean() + 0.01
    assert before.tobytes() == np.concatenate(head.log_probabilities(rows)).tobytes()


def test_a_shift_of_the_biases_is_where_adaptation_starts(head: HybridHead, simulated_table: FeatureTable) -> None:
    """At a rate of 0 a word's odds rise by the exponential of its shift."""
    shift = np.zeros(len(head.vocabulary_))
    shift[7] = 1.5
    adapted = head.adapt(simulated_table.inputs[:HALF], shift=shift, rate=0.0)
    assert shift == pytest.approx(adapted.bias_ - head.bias_, abs=1e-6)
    assert np.array_equal(head.context_map_, adapted.context_map_)


def test_a_trimmed_head_scores_as_before(simulated_table: FeatureTable) -> None:
    """What it gives up is not what scoring reads; without the document's vector, Doc2Vec goes too."""
    rows = simulated_table.inputs[:HALF]
    for document in (True, False):
        head = HybridHead(document=document).fit(rows)
        before = np.concatenate(head.log_probabilities(rows)).tobytes()
        trimmed = head.trim()
        assert before == np.concatenate(trimmed.log_probabilities(rows)).tobytes()
        assert document == hasattr(trimmed, "doc2vec_")


def test_speech_without_a_repeated_word_cannot_be_learned(simulated_table: FeatureTable) -> None:
    """The error says what is missing."""
    row = simulated_table.inputs[:1]
    odd = row.assign(**{TOKENS: [["one", "two"]], SENTENCE_WORDS: [[2]], STATES: [row[STATES].iloc[0][:2]]})
    with pytest.raises(InputError, match="no word that occurs 2 times"):
        HybridHead().fit(odd)


def test_a_head_must_be_fitted_first(simulated_table: FeatureTable) -> None:
    """Scoring before fitting is an error, not a guess."""
    with pytest.raises(NotFittedError):
        HybridHead().log_probabilities(simulated_table.inputs[:1])


FIT = """
import pickle, sys
import numpy as np
from threadpoolctl import threadpool_limits
from adscreen.estimator import HybridHead
with open(sys.argv[1], "rb") as file, threadpool_limits(1):
    head = HybridHead().fit(pickle.load(file))
print(np.concatenate([head.words_.ravel(), head.context_map_.ravel(), head.bias_]).tobytes().hex())
"""


@pytest.mark.slow
def test_fitting_repeats_in_other_processes(simulated_table: FeatureTable, tmp_path: Path) -> None:
    """Whatever PYTHONHASHSEED, every learned byte is the same."""
    simulated_table.inputs[:HALF].to_pickle(tmp_path / "rows.pkl")
    run = [sys.executable, "-c", FIT, str(tmp_path / "rows.pkl")]
    found = {
        subprocess.run(
            run,
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "pipeline")},
        ).stdout
        for seed in ("1", "271")
    }
    assert 1 == len(found)
