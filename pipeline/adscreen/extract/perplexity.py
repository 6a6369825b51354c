"""biLM log-probabilities -> perplexity of a sentence and its summary over a recording.

perplexity = exp(mean negative log-probability), natural logarithm; a likelier sentence has a lower value. Forward
targets are w1..wn and </S>; backward targets wn..w1 and <S>; joint runs over both. Words outside the vocabulary score
as <UNK> and are counted. A sentence without words has no perplexity: NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from adscreen.bilm.engine import Reading
from adscreen.bilm.engines import Reader
from adscreen.display import shown
from adscreen.records import Sentence, View

SUMMARIES = {  # name -> unit, formula over a recording's sentences that hold words
    "forward_pooled": ("nats per target", "mean -log p over all forward targets"),
    "backward_pooled": ("nats per target", "mean -log p over all backward targets"),
    "joint_pooled": ("nats per target", "mean -log p over all targets of both directions"),
    "joint_mean": ("nats per target", "mean over sentences of log joint perplexity"),
    "joint_median": ("nats per target", "median over sentences of log joint perplexity"),
    "joint_max": ("nats per target", "greatest log joint perplexity of a sentence"),
    "joint_p90": ("nats per target", "90th percentile over sentences of log joint perplexity"),
    "joint_sd": ("nats per target", "standard deviation over sentences of log joint perplexity; two sentences or more"),
    "joint_slope": ("nats per sentence", "slope of log joint perplexity over the order of sentences; three or more"),
    "oov_share": ("ratio", "words outside the biLM's vocabulary / words"),
}
CONTROL_QUANTILE = 0.9
DIRECTION_NAMES = ("forward", "backward", "joint")

Values: TypeAlias = "Sequence[float] | NDArray[np.float64]"


@dataclass(frozen=True, slots=True)
class SentencePerplexity:
    """Perplexities of one sentence; NaN where it has no word."""

    recording_id: str
    index: int
    words: int
    out_of_vocabulary: int
    forward: float
    backward: float
    joint: float


def perplexity(log_probabilities: NDArray[np.float64]) -> float:
    """Return exp(-mean) of log-probabilities (n,); NaN where there are none.

    >>> round(perplexity(np.log([0.5, 0.125])), 6)
    4.0
    """
    if len(log_probabilities) == 0:
        return math.nan
    return math.exp(-math.fsum(log_probabilities.tolist()) / len(log_probabilities))


def sentence_perplexity(sentence: Sentence, reading: Reading) -> SentencePerplexity:
    """Return the perplexities of a sentence from its reading, which must hold log-probabilities."""
    assert reading.forward is not None
    assert reading.backward is not None
    return SentencePerplexity(
        recording_id=sentence.recording_id,
        index=sentence.index,
        words=len(sentence.tokens),
        out_of_vocabulary=reading.out_of_vocabulary,
        forward=perplexity(reading.forward),
        backward=perplexity(reading.backward),
        joint=perplexity(np.concatenate([reading.forward, reading.backward])),
    )


def score_sentences(sentences: Sequence[Sentence], bilm: Reader) -> list[SentencePerplexity]:
    """Return each sentence's perplexities, in order.

    Raises:
        InputError: the biLM has no softmax.
    """
    readings = bilm.read([sentence.tokens for sentence in sentences], log_probabilities=True)
    return [sentence_perplexity(sentence, reading) for sentence, reading in zip(sentences, readings, strict=True)]


def perplexity_dictionary(view: View) -> list[dict[str, Any]]:
    """Return what each summary is, as plain data, in table order."""
    return [
        {
            "name": f"perplexity.{name}",
            "family": "perplexity",
            "unit": unit,
            "formula": formula,
            "view": view,
            "minimum_words": 1,
            "source": "adscreen docs: method.md",
            **shown(f"perplexity.{name}"),
        }
        for name, (unit, formula) in SUMMARIES.items()
    ]


def summarise_perplexity(scores: Sequence[SentencePerplexity]) -> dict[str, float]:
    """Return a recording's summary of the log-perplexity (nats per target) of its sentences that hold words.

    ``pooled`` weighs each sentence by its targets; ``sd`` needs two sentences and ``slope`` (nats per sentence, over
    the order of speaking) three; what cannot be computed is NaN.
    """
    spoken = [score for score in scores if score.words]
    summary = {}
    for name in DIRECTION_NAMES:
        values = np.log([getattr(score, name) for score in spoken]) if spoken else np.zeros(0)
        weights = np.array([score.words + 1 for score in spoken], dtype=float)
        summary[f"{name}_pooled"] = float(values @ weights / weights.sum()) if spoken else math.nan
    joint = np.log([score.joint for score in spoken]) if spoken else np.zeros(0)
    order = np.array([score.index for score in spoken], dtype=float)
    summary |= {f"joint_{name}": value for name, value in summarise(joint, order).items()}
    words = sum(score.words for score in spoken)
    summary["oov_share"] = sum(score.out_of_vocabulary for score in spoken) / words if words else math.nan
    return summary


def summarise(values: NDArray[np.float64], order: NDArray[np.float64] | None = None) -> dict[str, float]:
    """Return mean, median, max, p90, sd and slope of the log-perplexities of a recording's sentences that hold words.

    ``order`` are the sentences' places, 0, 1, ... where it is left out. What cannot be computed is NaN.
    """
    n = len(values)
    places = np.arange(n, dtype=float) if order is None else order
    return {
        "mean": float(values.mean()) if n else math.nan,
        "median": float(np.median(values)) if n else math.nan,
        "max": float(values.max()) if n else math.nan,
        "p90": float(np.quantile(values, 0.9)) if n else math.nan,
        "sd": float(values.std(ddof=1)) if n > 1 else math.nan,
        "slope": _slope(places, values) if n > 2 else math.nan,
    }


def control_limit(sentences: Iterable[Values], cases: NDArray[np.int64]) -> float:
    """Return the 90th percentile of the controls' sentences; NaN where they have none.

    ``sentences`` hold the log-perplexities of each recording's sentences, ``cases`` 1 for a case.
    """
    controls = [value for values, case in zip(sentences, cases, strict=True) if not case for value in values]
    return float(np.quantile(controls, CONTROL_QUANTILE)) if controls else math.nan


def share_above(values: Values, limit: float) -> float:
    """Return the share of a recording's sentences above a limit; NaN where it has none."""
    return float(np.mean(np.asarray(values) > limit)) if len(values) else math.nan


def _slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    centred = x - x.mean()
    return float(centred @ (y - y.mean()) / (centred @ centred))
