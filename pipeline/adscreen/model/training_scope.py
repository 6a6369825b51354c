"""A recording beside those of training -> where it is unlike them: a doubt, or a reason to abstain.

A model knows only what it was trained on. Another language or another task changes every measure at once, so there
the model abstains; a length, or a share of unknown words, beyond what training held is a doubt, and a reason to
abstain where it is far beyond. Nothing is claimed where the recording, or training, does not tell.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from adscreen.extract.feature_table import TOKENS, FeatureTable
from adscreen.language import ENGLISH, Language, is_known, is_told, language_of, short_code

FAR_LENGTH = 4  # times the longest of training
FAR_SHARE = 0.1  # least distance above training's greatest share
FEWEST_FILLERS = 5  # expected, below which none is no sign of a cleaned transcript
_RECOGNISERS = (  # what source_format begins with
    *(
        "assemblyai",
        "aws",
        "azure",
        "ctm",
        "deepgram",
        "elevenlabs",
        "gladia",
        "google",
        "huggingface",
        "nemo",
        "openai",
    ),
    *("revai", "soniox", "speechmatics", "vibe", "watson", "whisper"),
)
_BY_HAND = ("chat", "docx", "elan", "exmaralda", "salt", "stm", "textgrid", "transcriber")


@dataclass(frozen=True, slots=True)
class TrainingScope:
    """What a model's training recordings were like; ranges are the least and the greatest.

    ``languages``, ``tasks`` and ``sources`` (``by hand``, ``recogniser``) are those that were told; ``unknown_words``
    are shares of words that no other subject gave the model's Doc2Vec, ``out_of_vocabulary`` shares unknown to the
    biLM. ``fillers`` is the median share of words that are fillers, 0 where the view read leaves them out.
    """

    languages: list[str]
    tasks: list[str]
    sources: list[str]
    words: list[int]
    out_of_vocabulary: list[float]
    unknown_words: list[float]
    fillers: float


@dataclass(frozen=True, slots=True)
class Observed:
    """The same of one recording; ``unknown_words`` is NaN where the model has no vocabulary.

    ``languages_of_model`` are names of the language that its biLM and word lists are for;
    ``words_of_other_language`` says that the words, where no language is named, are not of that one.
    """

    language: str | None
    task: str | None
    source_format: str
    words: int
    out_of_vocabulary: float
    unknown_words: float
    fillers: float
    languages_of_model: tuple[str, ...] = ()
    words_of_other_language: bool = False


@dataclass(frozen=True, slots=True)
class Unlike:
    """One thing in which a recording is unlike those of training; ``far`` where the model should abstain."""

    what: str
    far: bool


def describe_scope(table: FeatureTable, *, min_count: int) -> TrainingScope:
    """Describe the recordings of a training table; a word is known to Doc2Vec where it occurs ``min_count`` times."""
    tokens = [list(words) for words in table.inputs[TOKENS]]
    unknown = _unknown_shares(tokens, table.subjects["subject_id"].astype(str).tolist(), min_count=min_count)
    language = language_of(table.provenance)
    fillers = [share_of_fillers(words, language=language) for words in tokens]
    formats = _told(table.subjects, "source_format")
    return TrainingScope(
        languages=_told(table.subjects, "language"),
        tasks=_told(table.subjects, "task"),
        sources=sorted({source for source in map(source_of, formats) if source}),
        words=[min(map(len, tokens)), max(map(len, tokens))],
        out_of_vocabulary=_range(table.inputs["perplexity.oov_share"]),
        unknown_words=_range(unknown),
        fillers=float(np.median(fillers)) if table.provenance.get("view") != "fluent" else 0.0,
    )


def share_of_fillers(words: Sequence[str], *, language: Language = ENGLISH) -> float:
    """Return the share of words that are fillers; NaN where there is no word."""
    fillers = language.fillers or frozenset()
    return sum(word.lower() in fillers for word in words) / len(words) if words else math.nan


def source_of(source_format: str) -> str:
    """Return who wrote a transcript of a format: ``by hand``, a ``recogniser``, or nothing where it does not tell."""
    if source_format in _BY_HAND:
        return "by hand"
    return "recogniser" if source_format.startswith(_RECOGNISERS) else ""


def compare_scope(scope: TrainingScope, seen: Observed) -> tuple[Unlike, ...]:
    """Return in what a recording is unlike those of training, what is far from them first."""
    found = [
        *_language(scope, seen),
        *_task(scope, seen),
        *_length(scope, seen),
        *_share(seen.out_of_vocabulary, scope.out_of_vocabulary, seen.words, "are unknown to the language model"),
        *_share(seen.unknown_words, scope.unknown_words, seen.words, "are new to the model (Doc2Vec)"),
        *_source(scope, seen),
        *_fillers(scope, seen),
    ]
    return tuple(sorted(found, key=lambda unlike: not unlike.far))


def _language(scope: TrainingScope, seen: Observed) -> Iterable[Unlike]:
    languages = [language for language in scope.languages if is_told(language)] or [*seen.languages_of_model]
    known = {short_code(language) for language in languages}
    if seen.language and is_told(seen.language) and known and short_code(seen.language) not in known:
        yield Unlike(f"the language is {seen.language}, training was in {_listed(languages)}", far=True)
    elif seen.words_of_other_language:
        yield Unlike("most words are not those of the language of the model", far=True)


def short_languages(scope: TrainingScope) -> list[str]:
    """Return the ISO 639-1 codes of the languages of training, as far as they are known by one.

    >>> short_languages(TrainingScope(["eng", "English"], [], [], [0, 0], [0.0, 0.0], [0.0, 0.0], 0.0))
    ['en']
    """
    return sorted({short_code(language) for language in scope.languages if is_known(language)})


def _task(scope: TrainingScope, seen: Observed) -> Iterable[Unlike]:
    known = {_plain(task) for task in scope.tasks}
    if seen.task and known and _plain(seen.task) not in known:
        yield Unlike(f"the task is {seen.task}, training was on {_listed(scope.tasks)}", far=True)


def _plain(task: str) -> str:
    """Return a task's name without case, spaces and punctuation: ``Cookie_Theft`` is ``cookie theft``."""
    return "".join(filter(str.isalnum, task.casefold()))


def _length(scope: TrainingScope, seen: Observed) -> Iterable[Unlike]:
    least, most = scope.words
    if not least <= seen.words <= most:
        what = f"{seen.words:,} words, training recordings had {least:,} to {most:,}"
        yield Unlike(what, far=seen.words > FAR_LENGTH * most)


def _share(share: float, usual: Sequence[float], words: int, what: str) -> Iterable[Unlike]:
    """Yield a share above those of training: far where it is further above than they differ, chance allowed for."""
    low, high = usual
    if share > high:
        chance = 2 * math.sqrt(share * (1 - share) / words)
        far = share - chance > high + max(high - low, FAR_SHARE)
        yield Unlike(f"{share:.1%} of the words {what}, in training {low:.1%} to {high:.1%}", far=far)


def _source(scope: TrainingScope, seen: Observed) -> Iterable[Unlike]:
    source = source_of(seen.source_format)
    if source and scope.sources and source not in scope.sources:
        made = {"by hand": "made by hand", "recogniser": "a speech recogniser's"}
        training = " or ".join(made[known] for known in scope.sources)
        yield Unlike(
            f"the transcript is {made[source]} ({seen.source_format}), those of training were {training}", False
        )


def _fillers(scope: TrainingScope, seen: Observed) -> Iterable[Unlike]:
    if seen.fillers == 0 and seen.words * scope.fillers >= FEWEST_FILLERS:
        what = f"no filler (um, uh) in {seen.words:,} words, in training half had more than {scope.fillers:.1%}"
        yield Unlike(f"{what}: fillers may have been cleaned away", far=False)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _told(subjects: pd.DataFrame, column: str) -> list[str]:
    """Return the values of a column that are told, sorted; none where there is no such column."""
    return sorted({str(value) for value in subjects.get(column, ()) if isinstance(value, str) and value})


def _range(values: Iterable[float]) -> list[float]:
    told = [float(value) for value in values if not math.isnan(value)]
    return [min(told), max(told)] if told else [0.0, 0.0]


def _unknown_shares(tokens: Sequence[Sequence[str]], subjects: Sequence[str], *, min_count: int) -> list[float]:
    """Return each recording's share of words that the other subjects said less than ``min_count`` times."""
    everyone: Counter[str] = Counter()
    own: dict[str, Counter[str]] = {}
    for words, subject in zip(tokens, subjects, strict=True):
        everyone.update(words)
        own.setdefault(subject, Counter()).update(words)
    return [
        share_unknown(words, _Others(everyone, own[subject], min_count))
        for words, subject in zip(tokens, subjects, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Others:
    """The words that the other subjects said often enough."""

    everyone: Mapping[str, int]
    own: Mapping[str, int]
    min_count: int

    def __contains__(self, word: str) -> bool:
        return self.everyone[word] - self.own[word] >= self.min_count


def share_unknown(words: Sequence[str], known: Collection[str] | _Others) -> float:
    """Return the share of words that are not known; NaN where there is no word."""
    return sum(word not in known for word in words) / len(words) if words else math.nan
