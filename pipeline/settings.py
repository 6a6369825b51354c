"""Study settings: what is computed, what is tuned and how it is judged. Read from study.toml, all with defaults."""

from __future__ import annotations

import math
import tomllib
from dataclasses import asdict, dataclass, fields
from itertools import product
from pathlib import Path
from typing import Any

from pipeline.errors import InputError

MOST_SEED = 2**31 - 1  # what NumPy's and gensim's generators take, repeats added


@dataclass(frozen=True, slots=True)
class EstimatorSettings:
    """One point of the search space. The paper (Li, arXiv 2510.14332) tunes the first four.

    ``linguistic_weight`` scales the perplexity, lexical and fluency blocks beside the embedding, whose weight is 1.
    """

    C: float = 1.0
    doc2vec_size: int = 50
    doc2vec_alpha: float = 0.05
    elmo_size: int = 32
    linguistic_weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """The values tried for each setting; every combination is a candidate, the first preferred on a tie."""

    C: tuple[float, ...] = (0.1, 1.0, 10.0)
    doc2vec_size: tuple[int, ...] = (50, 100)
    doc2vec_alpha: tuple[float, ...] = (0.025, 0.05)
    elmo_size: tuple[int, ...] = (32, 128)
    linguistic_weight: tuple[float, ...] = (1.0, 0.3)

    def candidates(self) -> list[EstimatorSettings]:
        """Return every combination, in a fixed order."""
        names = [field.name for field in fields(self)]
        return [
            EstimatorSettings(**dict(zip(names, values, strict=True)))
            for values in product(*(getattr(self, name) for name in names))
        ]


@dataclass(frozen=True, slots=True)
class StudySettings:
    """A whole study. ``repeats`` x ``folds`` outer folds, ``inner_folds`` for tuning; ``splits`` of ``test_share`` for
    the paper's protocol; ``bootstrap`` resamples for intervals.
    """

    search: SearchSpace = SearchSpace()
    folds: int = 5
    repeats: int = 3
    inner_folds: int = 3
    splits: int = 10
    test_share: float = 0.2
    bootstrap: int = 2000
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for run.json."""
        return asdict(self)


def read_study(path: Path | None, **overrides: Any) -> StudySettings:
    """Read study.toml (top-level settings and a [search] table); ``overrides`` that are not None win.

    Raises:
        InputError: the file is missing or not TOML, a name is unknown, or a value is of the wrong kind or range.
    """
    content: dict[str, Any] = {}
    if path is not None:
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            what = f"cannot be read ({error.strerror})"
            raise InputError(what, where=str(path), remedy="give an existing study.toml") from error
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(f"not TOML ({error})", where=str(path), remedy="mend the line named") from error
    content |= {name: value for name, value in overrides.items() if value is not None}
    where = str(path) if path else "settings"
    search = _search(content.pop("search", {}), f"{where} [search]")
    _check_names(content, [field.name for field in fields(StudySettings)], where)
    study = StudySettings(search=search, **content)
    _check_ranges(study, where)
    return study


def _search(content: Any, where: str) -> SearchSpace:
    if not isinstance(content, dict):
        raise InputError("search is not a table", where=where, remedy="write [search] and its settings below")
    _check_names(content, [field.name for field in fields(SearchSpace)], where)
    values = {}
    for name, tried in content.items():
        tried = tried if isinstance(tried, list) else [tried]
        whole = name.endswith("_size")
        if not tried or not all(_is_positive(value, whole=whole) for value in tried):
            kind, example = ("whole numbers above 0", "[50]") if whole else ("numbers above 0", "[0.01]")
            raise InputError(f"{name} must be {kind}", where=where, remedy=f"write {name} = {example}")
        values[name] = tuple(tried)
    return SearchSpace(**values)


def _is_positive(value: Any, *, whole: bool) -> bool:
    kinds = int if whole else (int, float)
    return isinstance(value, kinds) and not isinstance(value, bool) and 0 < value < math.inf


def _check_names(content: dict[str, Any], known: list[str], where: str) -> None:
    unknown = sorted(set(content) - set(known))
    if unknown:
        raise InputError(f"unknown setting {unknown[0]!r}", where=where, remedy=f"use {', '.join(known)}")


def _check_ranges(study: StudySettings, where: str) -> None:
    least = {"folds": 2, "repeats": 1, "inner_folds": 2, "splits": 1, "bootstrap": 100, "seed": 0}
    for name, bound in least.items():
        value = getattr(study, name)
        if not isinstance(value, int) or isinstance(value, bool) or value < bound:
            raise InputError(f"{name} must be a whole number of at least {bound}, not {value!r}", where=where)
    if study.seed > MOST_SEED:
        raise InputError(f"seed must be at most {MOST_SEED}, not {study.seed}", where=where)
    if not isinstance(study.test_share, float) or not 0 < study.test_share < 1:
        raise InputError(f"test_share must lie between 0 and 1, not {study.test_share!r}", where=where)
