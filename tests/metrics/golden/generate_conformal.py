"""Golden conformal sets by other code: writes conformal.json here.

MAPIE's SplitConformalClassifier (score ``lac``) knows no classes, so it is calibrated on each label's recordings alone:
a label belongs to a new recording's set where that calibration's set holds it, which is the class-conditional
(Mondrian) set. P-values are SciPy's counts, (1 + number at least as unusual) / (1 + n). One recording a subject.
Nothing here imports adscreen.

    python tests/metrics/golden/generate_conformal.py     # with MAPIE, scikit-learn and SciPy
"""

from __future__ import annotations

import json
import warnings
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import percentileofscore
from sklearn.base import BaseEstimator, ClassifierMixin

mapie = import_module("mapie.classification")  # not a dependency of adscreen
HERE = Path(__file__).resolve().parent
CONFIDENCES = (0.8, 0.9)

CONTROLS, CASES, NEW = 27, 33, 40


class Given(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A fitted classifier whose input is the probability of a case."""

    classes_ = np.array([0, 1])

    def fit(self, *_: Any) -> Given:
        """Return itself."""
        return self

    def predict_proba(self, inputs: Any) -> Any:
        """Return both probabilities (n, 2)."""
        return np.column_stack([1 - inputs[:, 0], inputs[:, 0]])

    def predict(self, inputs: Any) -> Any:
        """Return the likelier label (n,)."""
        return (inputs[:, 0] >= 0.5).astype(int)

    def __sklearn_is_fitted__(self) -> bool:
        return True


def main() -> None:
    """Draw held-out probabilities of either label and new ones, find their sets and p-values, write everything."""
    rng = np.random.default_rng(20260211)
    controls, cases, new = (
        np.round(1 / (1 + np.exp(-rng.normal(middle, 1.2, size))), 3)  # rounded: some tie
        for middle, size in ((-0.9, CONTROLS), (0.9, CASES), (0.0, NEW))
    )
    new[:2] = controls[0], cases[0]  # ties with training
    content: dict[str, Any] = {
        "versions": {name: version(name) for name in ("mapie", "scikit-learn", "scipy")},
        "controls": controls.tolist(),
        "cases": cases.tolist(),
        "new": new.tolist(),
        "sets": {f"{confidence:g}": find_sets(controls, cases, new, confidence) for confidence in CONFIDENCES},
        "p_control": [(1 + round(percentileofscore(-controls, -one, "weak") * CONTROLS / 100)) / 28 for one in new],
        "p_case": [(1 + round(percentileofscore(cases, one, "weak") * CASES / 100)) / 34 for one in new],
    }
    (HERE / "conformal.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def find_sets(controls: Any, cases: Any, new: Any, confidence: float) -> list[str]:
    """Return the set of each new probability, the labels joined by ``|``."""
    inside = [holds_label(known, label, new, confidence) for label, known in ((0, controls), (1, cases))]
    pairs = zip(*inside, strict=True)
    return ["|".join(name for name, held in zip(("control", "case"), pair, strict=True) if held) for pair in pairs]


def holds_label(known: Any, label: int, new: Any, confidence: float) -> Any:
    """Return whether each new one's set holds a label, calibrated on that label's recordings (n,)."""
    found = mapie.SplitConformalClassifier(Given(), confidence_level=confidence, prefit=True)
    with warnings.catch_warnings(action="ignore"):  # that it is calibrated on one label, which is the point
        found.conformalize(known[:, None], np.full(len(known), label))
    _, sets = found.predict_set(new[:, None])
    return sets[:, label, 0]


if __name__ == "__main__":
    main()
