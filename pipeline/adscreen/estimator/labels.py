"""Labels -> 0 and 1, or a refusal.

The parts of the estimator take 1 for a case: log-odds, the fusion's centres and the controls' limits all depend on
which label that is. Other labels do not say it (sorted, ``case`` comes before ``control``), so they are refused.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adscreen.errors import InputError


def case_labels(y: ArrayLike) -> NDArray[np.int64]:
    """Return labels (n,) of 0 and 1, numbers or booleans, as integers.

    Raises:
        InputError: y has another shape or holds another value.

    >>> case_labels([True, False, True]).tolist()
    [1, 0, 1]
    """
    labels = np.asarray(y)
    if labels.dtype == object:  # of a table's column: what do its values turn out to be
        labels = np.array(labels.tolist())
    if labels.ndim != 1 or labels.dtype.kind not in "biuf" or not np.isin(labels, (0, 1)).all():
        remedy = 'give 1 for a case and 0 for a control, such as (labels == "case").astype(int)'
        what = f"labels are not 0 and 1 (type {labels.dtype}, shape {labels.shape})"
        raise InputError(what, where="y", remedy=remedy)
    return labels.astype(np.int64)
