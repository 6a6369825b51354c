"""Sentence vectors -> coherence."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from adscreen.features.coherence import (
    least_neighbour,
    mean_neighbour,
    mean_to,
    neighbour_cosines,
    neighbour_gain,
    pair_cosines,
    sentence_vectors,
)

NAN = [np.nan, np.nan]
VECTORS = np.array([[1, 0], [3, 4], NAN, [0, 2], [1, 0]], dtype=float)


def test_hand_computed_cosines() -> None:
    """(1,0) (3,4) (0,2) (1,0): neighbours 3/5, 4/5, 0; others 0, 1, 3/5. A sentence without a vector is passed over."""
    np.testing.assert_allclose(neighbour_cosines(VECTORS), [0.6, 0.8, 0.0], atol=1e-15)
    np.testing.assert_allclose(pair_cosines(VECTORS), [0.0, 1.0, 0.6], atol=1e-15)
    assert math.isclose(1.4 / 3, mean_neighbour(VECTORS))
    assert math.isclose(0.0, least_neighbour(VECTORS), abs_tol=1e-15)
    assert math.isclose(1.4 / 3 - 1.6 / 3, neighbour_gain(VECTORS))


def test_closeness_to_a_reference() -> None:
    """The reference's mean is (1,1) / sqrt 2: cosines 1, 7/5, 1 and 1 over sqrt 2."""
    reference = np.array([[2, 0], NAN, [0, 2]], dtype=float)
    assert math.isclose((1 + 7 / 5 + 1 + 1) / 4 / math.sqrt(2), mean_to(VECTORS, reference))
    assert math.isnan(mean_to(VECTORS, np.array([NAN])))
    assert math.isnan(mean_to(np.array([NAN]), reference))


def test_too_few_sentences_are_nan() -> None:
    """Two sentences make a neighbour, four make other pairs enough; below that it is NaN, not 0."""
    for count, defined in ((0, 0), (1, 0), (2, 2), (3, 2), (4, 3)):
        values = [measure(np.eye(4)[:count]) for measure in (mean_neighbour, least_neighbour, neighbour_gain)]
        assert defined == sum(not math.isnan(value) for value in values)


def test_a_sentences_vector_is_the_mean_of_its_top_layer() -> None:
    """Of three words or more; fewer have none."""
    layers = np.arange(2 * 3 * 2, dtype=np.float32).reshape(2, 3, 2)  # top layer: (6,7) (8,9) (10,11)
    vectors = sentence_vectors([layers, layers[:, :2], layers[:, :0]])
    np.testing.assert_array_equal(vectors, [[8.0, 9.0], NAN, NAN])
    assert (0, 0) == sentence_vectors([]).shape


FINITE = arrays(np.float64, (5, 3), elements=st.floats(-9, 9).filter(lambda value: value == 0 or abs(value) > 1e-3))


@given(vectors=FINITE, scale=st.floats(0.1, 10))
def test_length_does_not_count(vectors: np.ndarray, scale: float) -> None:
    """Cosines lie in [-1, 1] and stay when vectors are scaled; read backwards, neighbours are the same."""
    value = mean_neighbour(vectors)
    assert -1 - 1e-12 <= least_neighbour(vectors) <= value + 1e-12 <= 1 + 1e-9
    assert math.isclose(value, mean_neighbour(vectors * scale), abs_tol=1e-12)
    assert math.isclose(value, mean_neighbour(vectors[::-1]), abs_tol=1e-12)


@given(vectors=FINITE)
def test_one_sentence_over_and_over_is_coherent(vectors: np.ndarray) -> None:
    """The same vector throughout: neighbours at 1, and no gain over other pairs."""
    repeated = np.repeat(vectors[:1], 5, axis=0)
    if vectors[0].any():
        assert math.isclose(1.0, mean_neighbour(repeated))
        assert math.isclose(0.0, neighbour_gain(repeated), abs_tol=1e-12)
