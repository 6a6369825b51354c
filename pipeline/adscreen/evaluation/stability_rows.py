"""Tables on how far an evaluation's figures depend on its size, its people and its cleaning: one class a table.

All but sample_size.csv hold no row unless they were asked for.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SampleSizeRow:
    """sample_size.csv: one criterion of sample size, and whether this cohort meets it.

    ``counted`` says what a parameter is: ``members``, the coefficients of the fusion, one for each member that could be
    chosen, or ``columns``, the coefficients of all members besides. ``auc`` is the lower end of the interval of the AUC
    that was found, from which ``needed`` subjects follow; ``available`` are those of the cohort, each counted once.
    Where ``reason`` is not empty, nothing follows.
    """

    protocol: str
    method: str
    counted: str
    parameters: int
    auc: float
    prevalence: float
    purpose: str
    criterion: str
    aim: str
    needed: float
    available: int
    met: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """learning_forecast.csv: the AUC to expect at ``factor`` times the training groups, by AUC(n) = a - b n^-c.

    ``limit`` is a, ``scale`` b and ``exponent`` c. Where the points support no extrapolation there is one row of the
    method, without figures, and ``refused`` says why.
    """

    protocol: str
    method: str
    factor: float
    groups: float
    value: float
    low: float
    high: float
    limit: float
    scale: float
    exponent: float
    refused: str


@dataclass(frozen=True, slots=True)
class InstabilityRow:
    """instability.csv: how far one recording's probability moves when the model is made of other people.

    ``original`` is the probability of the model of all people, ``positive`` whether it reaches that model's threshold;
    ``low``, ``median`` and ``high`` are the 2.5th, 50th and 97.5th percentiles over the ``models`` that were fitted to
    bootstrap cohorts, ``error`` the mean absolute difference from the original (MAPE), ``changed`` the share of models
    in which the result is another one, each by its own threshold.
    """

    protocol: str
    method: str
    recording_id: str
    subject_id: str
    label: str
    models: int
    original: float
    positive: bool
    low: float
    median: float
    high: float
    error: float
    changed: float


@dataclass(frozen=True, slots=True)
class CleaningRow:
    """cleaning.csv: a measure when the transcripts are cleaned in another way, on the folds of the first repeat.

    ``words`` counts the words that are read, ``changed`` the recordings whose words differ from the main cleaning's.
    ``difference`` is this cleaning less the main one, paired; it is NaN for the main one. Where ``reason`` is not empty
    the cleaning was not evaluated.
    """

    protocol: str
    method: str
    cleaning: str
    main: bool
    words: int
    changed: int
    measure: str
    value: float
    low: float
    high: float
    cluster_low: float
    cluster_high: float
    difference: float
    difference_low: float
    difference_high: float
    difference_cluster_low: float
    difference_cluster_high: float
    reason: str
