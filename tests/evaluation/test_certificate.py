"""A certificate says what of the test side was known in training, counted from the folds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from adscreen.evaluation.certificate import certify, fitted_parts
from adscreen.evaluation.results import ProtocolEvaluation
from adscreen.extract.feature_table import TOKENS, FeatureTable

Draw = Callable[[FeatureTable, Any], ProtocolEvaluation]


def test_the_subject_protocol_is_sound(visited: FeatureTable, draw: Draw) -> None:
    """Nothing is on both sides and all is fitted in training: a verdict of one sentence, without a cause."""
    (one,) = certify(visited, [draw(visited, "subject")]).protocols
    assert (True, ()) == (one.sound, one.causes)
    assert (0.0, 0.0, 0.0) == (one.subject_share, one.copy_share, one.near_copy_share)
    assert math.isnan(one.cluster_share)
    assert one.verdict.startswith("No leakage found: no subject or copied text is on both sides of a split")
    assert (6, 96) == (one.folds, one.test_recordings)


def test_the_published_protocol_leaks_and_the_causes_are_named(visited: FeatureTable, draw: Draw) -> None:
    """Speakers on both sides, Doc2Vec on all recordings, inner folds by recording, and speakers recognised."""
    paper = draw(visited, "paper")
    (one,) = certify(visited, [paper]).protocols
    assert not one.sound
    assert pytest.approx(paper.shared_subject_share) == one.subject_share
    speakers, doc2vec, inner, recognised = one.causes
    assert speakers.endswith("of test recordings have a training recording of their speaker")
    assert "Doc2Vec was fitted on all recordings, test ones too" == doc2vec
    assert inner.startswith("settings and threshold were chosen on inner folds that separate")
    assert recognised.endswith("speakers are recognised")
    assert one.permuted > 0.7  # each speaker has eight words of their own


def test_a_split_cluster_is_a_cause(visited: FeatureTable, draw: Draw) -> None:
    """Folds by subject that part clusters are not sound, and the certificate says by how much."""
    evaluation = draw(visited, "subject")
    visited.subjects["cluster"] = ["C1", "C2"] * 24
    certificate = certify(visited, [evaluation])
    assert 2 == certificate.clusters
    assert 1.0 == certificate.protocols[0].cluster_share
    assert "100% of test recordings have a training recording of their cluster" in certificate.protocols[0].causes


def test_copies_across_subjects_are_causes(visited: FeatureTable, draw: Draw) -> None:
    """One text under every subject, and one that is nearly so, are found on both sides."""
    evaluation = draw(visited, "subject")
    words = visited.inputs[TOKENS].iloc[0]
    same = replace(visited, inputs=pd.DataFrame({TOKENS: pd.Series([words] * 48, dtype=object)}))
    (one,) = certify(same, [evaluation]).protocols
    assert (1.0, 1.0) == (one.copy_share, one.near_copy_share)
    near = [[*words, f"end{number}"] for number in range(48)]
    (other,) = certify(
        replace(visited, inputs=pd.DataFrame({TOKENS: pd.Series(near, dtype=object)})),
        [evaluation],
    ).protocols
    assert (0.0, 1.0) == (other.copy_share, other.near_copy_share)
    assert not other.sound


def test_a_subject_moved_into_training_is_found(visited: FeatureTable, draw: Draw) -> None:
    """The shares are counted from the rows of the folds, not taken from the protocol's name."""
    evaluation = draw(visited, "subject")
    leaky = [replace(fold, training=np.append(fold.training, fold.rows[0])) for fold in evaluation.folds]
    (one,) = certify(visited, [replace(evaluation, folds=leaky)]).protocols
    assert one.subject_share > 0
    assert not one.sound


@pytest.mark.parametrize("protocol", ["subject", "site", "external"])
def test_only_the_published_protocol_fits_on_all(protocol: str) -> None:
    """No other protocol fits any part on test rows."""
    assert {"training", "before"} == {part.on for part in fitted_parts(protocol)}
    assert ["Doc2Vec"] == [part.part for part in fitted_parts("paper") if part.on == "all"]
