"""Speech -> semantic features: which information units are told, when and how often, and how sentences hang together.

Information units are those of the task file that the transcript's ``task`` names (Croisile et al. 1996; Yorkston &
Beukelman 1980 for units a minute); they are read in the fluent view. Coherence reads the sentences that the biLM read.
"""

from __future__ import annotations

import math

from adscreen.features.coherence import (
    LEAST_SENTENCES,
    LEAST_WORDS,
    least_neighbour,
    mean_neighbour,
    mean_to,
    neighbour_gain,
)
from adscreen.features.feature import Family, Feature, Speech
from adscreen.features.fluency import duration_ms
from adscreen.features.information_units import (
    LEAST_ORDERED,
    first_places,
    order_of_mention,
    repeats_per_unit,
    share_mentioned,
)
from adscreen.features.tasks import CATEGORIES

CROISILE, YORKSTON = "Croisile et al. 1996", "Yorkston & Beukelman 1980"
FOLTZ, BEDI = "Foltz et al. 1998", "Bedi et al. 2015"


def unit_count(speech: Speech) -> float:
    """Return the number of units mentioned."""
    return float(len(first_places(speech.mentions)))


def units_per_minute(speech: Speech) -> float:
    """Return units mentioned in utterances with times, per minute of these; NaN without times."""
    durations = [duration_ms(utterance) for utterance in speech.utterances]
    told = {mention.unit for mention in speech.mentions if durations[mention.sentence]}
    milliseconds = sum(durations)
    return 60_000 * len(told) / milliseconds if milliseconds else math.nan


def first_place(speech: Speech) -> float:
    """Return the share of the words spoken before any unit is mentioned; NaN where none is."""
    places = first_places(speech.mentions).values()
    return min(places) / len(speech.fluent) if places else math.nan


def mean_place(speech: Speech) -> float:
    """Return the mean over units mentioned of the share of words spoken before the first mention; NaN without any."""
    places = first_places(speech.mentions).values()
    return math.fsum(places) / len(places) / len(speech.fluent) if places else math.nan


def lacks_units(speech: Speech) -> str:
    """Return what is missing for units to be counted; empty where nothing is."""
    if speech.task_name is None:
        return "the transcript names no task"
    return "" if speech.task else "no task file for this task"


def unit_share(speech: Speech, *, category: str | None = None) -> float:
    """Return the share of the task's units, of one category where given, that are mentioned; NaN without a task."""
    return share_mentioned(speech.mentions, speech.task, category=category) if speech.task else math.nan


def reference_coherence(speech: Speech) -> float:
    """Return the mean cosine of the sentences and the task's reference; NaN without either."""
    if speech.vectors is None or speech.reference is None:
        return math.nan
    return mean_to(speech.vectors, speech.reference)


def lacks_reference(speech: Speech) -> str:
    """Return what is missing for speech to be compared with what should be told; empty where nothing is."""
    bare = speech.task is not None and not speech.task.reference
    return lacks_units(speech) or ("the task file has no reference" if bare else "")


def _category_share(category: str) -> Feature:
    return _UNITS.feature(
        f"{category}_units_share",
        "ratio",
        f"units of category {category} mentioned / units of category {category}",
        lambda speech: unit_share(speech, category=category),
        undefined=f"the task file has no {category}",
    )


def _too_few(sentences: int) -> str:
    return f"fewer than {sentences} sentences of {LEAST_WORDS} words"


_UNITS = Family(
    name="semantic",
    view="fluent",
    read=lambda speech: speech if speech.task else None,
    source=CROISILE,
    lacks=lacks_units,
)
_VECTORS = Family(
    name="semantic", view="spoken", read=lambda speech: speech.vectors, source=FOLTZ, undefined=_too_few(2)
)

SEMANTIC = (
    _UNITS.feature("units_mentioned", "units", "U, the information units mentioned", unit_count),
    _UNITS.feature(
        "units_share",
        "ratio",
        "U / units of the task file",
        unit_share,
    ),
    *(_category_share(category) for category in CATEGORIES),
    _UNITS.feature(
        "units_per_100_words",
        "per 100 words",
        "100 U / words",
        lambda speech: 100 * unit_count(speech) / len(speech.fluent),
    ),
    _UNITS.feature(
        "units_per_minute",
        "per minute",
        "units mentioned in utterances with times / minutes these take",
        units_per_minute,
        undefined="the transcript has no times",
        source=YORKSTON,
    ),
    _UNITS.feature(
        "unit_repeats",
        "per unit",
        "further sentences that mention a unit again / U",
        lambda speech: repeats_per_unit(speech.mentions),
        undefined="no unit is mentioned",
        source="adscreen docs: method.md",
    ),
    _UNITS.feature(
        "unit_order",
        "Kendall's tau-b",
        "tau-b between the order of first mention and the order of the task file",
        lambda speech: order_of_mention(speech.mentions),
        undefined=f"fewer than {LEAST_ORDERED} units are mentioned one after the other",
        source="Kendall 1945",
    ),
    _UNITS.feature(
        "first_unit_place",
        "ratio",
        "words before the first unit mentioned / words",
        first_place,
        undefined="no unit is mentioned",
        source="adscreen docs: method.md",
    ),
    _UNITS.feature(
        "mean_unit_place",
        "ratio",
        "mean over U of words before the unit's first mention / words",
        mean_place,
        undefined="no unit is mentioned",
        source="adscreen docs: method.md",
    ),
    _VECTORS.feature(
        "coherence_next",
        "cosine",
        f"mean cosine of each sentence's vector and the next's, over sentences of {LEAST_WORDS} words or more",
        mean_neighbour,
    ),
    _VECTORS.feature(
        "coherence_next_least",
        "cosine",
        "least cosine of a sentence's vector and the next's",
        least_neighbour,
        source=BEDI,
    ),
    _VECTORS.feature(
        "coherence_gain",
        "cosine",
        "coherence_next - mean cosine of all pairs of sentences that are not neighbours",
        neighbour_gain,
        undefined=_too_few(LEAST_SENTENCES),
        source="adscreen docs: method.md",
    ),
    Feature(
        family="semantic",
        name="coherence_reference",
        unit="cosine",
        formula="mean cosine of each sentence's vector and the mean vector of the task file's reference",
        view="spoken",
        minimum=10,
        source="adscreen docs: method.md",
        compute=reference_coherence,
        undefined=f"no sentence of {LEAST_WORDS} words",
        lacks=lacks_reference,
    ),
)
