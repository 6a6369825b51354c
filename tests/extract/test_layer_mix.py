"""Layers and words of a recording -> one vector: the layer mix and the poolings of ``adscreen.extract.extraction``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.bilm.engine import Reading
from adscreen.bilm.engines import EngineChoice
from adscreen.errors import InputError
from adscreen.extract.extraction import layer_weights, pool_layers
from adscreen.studies.feature_run import extract_settings


def reading(*words: list[float]) -> Reading:
    """Return a reading whose token layer is the words given, and whose LSTM layers are twice and four times that."""
    layer = np.array(words, dtype=np.float32).reshape(len(words), -1) if words else np.zeros((0, 2), dtype=np.float32)
    return Reading(np.stack([layer, 2 * layer, 4 * layer]))


SPEECH = [reading([1, 8], [3, 2]), reading(), reading([5, 2])]


@pytest.mark.parametrize(
    ("layer", "factor"), [("0", 1), ("1", 2), ("2", 4), ("mean", 7 / 3), ("0.5,0.25,0.125", 1.5), ("0,-1,1", 2)]
)
def test_a_mix_is_a_weighted_sum_of_layers(layer: str, factor: float) -> None:
    """A number picks a layer, ``mean`` averages all, and a list holds the weight of each, used as given."""
    np.testing.assert_allclose(pool_layers(SPEECH, layer=layer), [factor * 3, factor * 4], rtol=1e-12)


def test_mean_and_mean_of_max() -> None:
    """``mean+max`` adds the mean, over sentences with words, of the largest value of each number."""
    expected = [3, 4, (3 + 5) / 2, (8 + 2) / 2]
    np.testing.assert_allclose(pool_layers(SPEECH, layer="0", pooling="mean+max"), expected, rtol=1e-12)


@pytest.mark.parametrize(("pooling", "size"), [("mean", 2), ("mean+max", 4)])
def test_no_words_are_not_a_number(pooling: str, size: int) -> None:
    """A recording without words has a vector of its usual length, all NaN."""
    vector = pool_layers([reading(), reading()], pooling=pooling)
    assert (size,) == vector.shape
    assert np.isnan(vector).all()


@given(weights=st.lists(st.floats(-9, 9), min_size=3, max_size=3).filter(any))
def test_given_weights_are_kept(weights: list[float]) -> None:
    """Any finite weights, one a layer, are read as they are written."""
    assert tuple(weights) == layer_weights(",".join(map(repr, weights)), n_layers=2)


@pytest.mark.parametrize(
    "layer", ["3", "-1", "top", "", "0.5", "1,2", "1,2,3,4", "1,x,2", "nan,1,1", "inf,1,1", "0,0,0", " 1"]
)
def test_other_layers_are_one_line(layer: str) -> None:
    """What names no layer and is no list of weights is an InputError that shows what could be given."""
    with pytest.raises(InputError, match=r"^layer: no layer .*; use mean, 0 to 2, or 3 weights: 0\.5,0\.5,0\.5$"):
        layer_weights(layer, n_layers=2)


def test_settings_check_layer_pooling_and_keep_the_engine(tiny_bilm: Path) -> None:
    """The settings of a run are refused before anything is read where the biLM has no such layer."""
    settings = extract_settings(tiny_bilm, layer="1,0,0", pooling="mean+max", engine=EngineChoice("torch"))
    assert ("1,0,0", "mean+max", "torch") == (settings.layer, settings.pooling, settings.engine.name)
    with pytest.raises(InputError, match=r"^pooling: no pooling 'max'; use mean or mean\+max$"):
        extract_settings(tiny_bilm, pooling="max")
    with pytest.raises(InputError, match=r"^layer: no layer '7'"):
        extract_settings(tiny_bilm, layer="7")
