"""The baseline: words alone."""

from __future__ import annotations

import numpy as np
import pytest

from adscreen.estimator import words_classifier
from adscreen.extract.feature_table import NOT_NUMBERS, TOKENS, FeatureTable


def test_the_baseline_reads_words_alone(simulated_table: FeatureTable) -> None:
    """TF-IDF scores depend on the words said, not on any number, and not on their order."""
    inputs, cases = simulated_table.inputs, simulated_table.cases
    baseline = words_classifier().fit(inputs[TOKENS], cases)
    numbers = {name: 0.0 for name in inputs if name not in NOT_NUMBERS}
    changed = inputs.assign(**numbers, **{TOKENS: [tokens[::-1] for tokens in inputs[TOKENS]]})
    assert baseline.predict_proba(inputs[TOKENS])[:, 1] == pytest.approx(
        baseline.predict_proba(changed[TOKENS])[:, 1], abs=1e-12
    )
    silent = inputs.assign(**{TOKENS: [["unheard"]] * len(inputs)})
    assert 1 == len(np.unique(baseline.predict_proba(silent[TOKENS])[:, 1]))
