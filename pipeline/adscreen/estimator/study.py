"""Study settings: what is computed, what is tuned and how it is judged. Read from study.toml, all with defaults."""

from __future__ import annotations

import math
import random
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

from adscreen.errors import InputError
from adscreen.extract.own_columns import check_block
from adscreen.metrics import ThresholdRule

MOST_SEED = 2**31 - 1  # what NumPy's and gensim's generators take, repeats added


LOGISTIC, ELASTIC_NET, SVM, BOOSTING = "logistic", "elastic_net", "svm", "boosting"
CLASSIFIERS = (LOGISTIC, ELASTIC_NET, SVM, BOOSTING)
DOC2VEC, ELMO, BILM, HYBRID, PAIRED, WORDS = "doc2vec", "elmo", "bilm", "hybrid", "paired", "words"
BLOCKS: dict[str, tuple[str, ...]] = {  # what a member can be made of -> the settings that it alone reads
    DOC2VEC: ("doc2vec_dm", "doc2vec_size", "doc2vec_alpha"),
    ELMO: ("elmo_size",),
    BILM: (),
    HYBRID: (),
    PAIRED: ("paired_context",),
    WORDS: (),
    "lexical": (),
    "syntactic": (),
    "fluency": (),
    "semantic": (),
}


@dataclass(frozen=True, slots=True)
class MemberSettings:
    """A member of the estimator: the blocks that it reads, and one point of the search space.

    ``classifier`` is one of CLASSIFIERS; ``C`` the inverse of its penalty, which boosting does not read.
    ``doc2vec_dm`` is 1 for PV-DM (the paper's), 0 for PV-DBOW. ``elmo_size`` is the number of principal components,
    ``paired_context`` the weight of the context in ``paired``.
    """

    blocks: tuple[str, ...]
    C: float = 1.0
    classifier: str = LOGISTIC
    doc2vec_dm: int = 0
    doc2vec_size: int = 50
    doc2vec_alpha: float = 0.05
    elmo_size: int = 32
    paired_context: float = 0.5

    @property
    def name(self) -> str:
        """The blocks, joined by ``+``."""
        return "+".join(self.blocks)

    def read(self) -> dict[str, Any]:
        """Return the settings that this member reads."""
        return {name: getattr(self, name) for name in settings_of(self.blocks)}


def settings_of(blocks: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the settings that a member of these blocks reads."""
    own = tuple(name for block in blocks for name in settings_of_block(block))
    return own if blocks == (PAIRED,) else ("classifier", "C", *own)


def settings_of_block(block: str) -> tuple[str, ...]:
    """Return the names of the settings that a block reads; one of the user's own columns reads none."""
    return BLOCKS.get(block, ())


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """The values tried for each setting. The paper (Li, arXiv 2510.14332) tunes C, Doc2Vec's two and the ELMo size."""

    C: tuple[float, ...] = (0.1, 1.0, 10.0)
    classifier: tuple[str, ...] = (LOGISTIC,)
    doc2vec_dm: tuple[int, ...] = (0,)
    doc2vec_size: tuple[int, ...] = (50, 100)
    doc2vec_alpha: tuple[float, ...] = (0.025, 0.05)
    elmo_size: tuple[int, ...] = (32, 128)
    paired_context: tuple[float, ...] = (0.5, 1.0)

    def candidates(self, member: str) -> list[MemberSettings]:
        """Return every combination of what a member reads, in a fixed order; the first is preferred on a tie."""
        blocks = tuple(member.split("+"))
        names = settings_of(blocks)
        every = [
            MemberSettings(blocks, **dict(zip(names, values, strict=True)))
            for values in product(*(getattr(self, name) for name in names))
        ]
        return [settings for settings in every if settings.classifier != BOOSTING or settings.C == self.C[0]]


@dataclass(frozen=True, slots=True)
class Preset:
    """Members and search space that go by one name."""

    members: tuple[str, ...]
    search: SearchSpace


PRESETS = {
    "adscreen": Preset(
        (PAIRED, DOC2VEC, ELMO, f"{BILM}+{HYBRID}", "lexical+syntactic+fluency+semantic", WORDS), SearchSpace()
    ),
    "paper": Preset((f"{DOC2VEC}+{ELMO}+{HYBRID}+lexical+syntactic+semantic",), SearchSpace(doc2vec_dm=(1,))),
}


@dataclass(frozen=True, slots=True)
class StudySettings:
    """A whole study.

    ``members`` are what the estimator weighs, each some blocks joined by ``+``. Of a member's grid every combination is
    tried, or ``most_candidates`` drawn at random from it (random search: Bergstra & Bengio 2012). ``repeats`` x
    ``folds`` outer folds, ``inner_folds`` for tuning; ``splits`` of ``test_share`` for the paper's protocol;
    ``permutations`` of the labels. The threshold is Youden's on inner folds, unless it is given or ``min_sensitivity``
    is asked for there. ``blocks`` are the user's own: the columns of each, which the manifest carries.
    """

    search: SearchSpace = SearchSpace()
    folds: int = 5
    repeats: int = 3
    inner_folds: int = 3
    splits: int = 10
    test_share: float = 0.2
    permutations: int = 100
    seed: int = 0
    members: tuple[str, ...] = PRESETS["adscreen"].members
    most_candidates: int | None = None
    min_sensitivity: float | None = None
    threshold: float | None = None
    blocks: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def threshold_rule(self) -> ThresholdRule:
        """How the threshold is found."""
        return ThresholdRule(self.threshold, self.min_sensitivity)

    def candidates(self) -> list[list[MemberSettings]]:
        """Return the candidates of each member, in the grid's order."""
        grids = [self.search.candidates(member) for member in self.members]
        most = self.most_candidates
        return [_draw(grid, most, seed=self.seed) if most and most < len(grid) else grid for grid in grids]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for run.json."""
        return asdict(self)


def _draw(grid: list[MemberSettings], count: int, *, seed: int) -> list[MemberSettings]:
    return [grid[number] for number in sorted(random.Random(seed).sample(range(len(grid)), count))]


def read_study(
    path: Path | None, *, table_blocks: Mapping[str, Sequence[str]] = MappingProxyType({}), **overrides: Any
) -> StudySettings:
    """Read study.toml (top-level settings, [search] and [blocks]); ``overrides`` that are not None win.

    ``blocks=`` adds to those of the file, or replaces one of the same name; ``table_blocks`` are those that a table
    holds already, which members may read.

    Raises:
        InputError: the file is missing or not TOML, a name is unknown, a value is of the wrong kind or range, or a
            block is not read by any member.
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
    where = str(path) if path else "settings"
    given = {name: value for name, value in overrides.items() if value is not None}
    blocks = _blocks(content.pop("blocks", {}), f"{where} [blocks]") | _blocks(given.pop("blocks", {}), "blocks=")
    content |= given
    named_in = "members=" if path is None or "members" in given else f"{where}, members"
    members, preset = _members(content.pop("members", "adscreen"), blocks, table_blocks, named_in)
    search = _search(content.pop("search", {}), preset, f"{where} [search]")
    _check_names(content, [field.name for field in fields(StudySettings)], where)
    study = StudySettings(search=search, members=members, blocks=blocks, **content)
    _check_ranges(study, where, given)
    return _take_blocks(study, table_blocks)


def choose_study(
    study: StudySettings | str | Path | None = None,
    *,
    table_blocks: Mapping[str, Sequence[str]] = MappingProxyType({}),
    **overrides: Any,
) -> StudySettings:
    """Return a study: the one given, or that of a study.toml, or the defaults; ``overrides`` that are not None win.

    A preset of members brings its search space with it, unless the study given has one of its own. ``table_blocks`` are
    the user's own blocks that the table holds, which members may read.

    Raises:
        InputError: what ``read_study`` raises.
    """
    if not isinstance(study, StudySettings):
        return read_study(None if study is None else Path(study), table_blocks=table_blocks, **overrides)
    named = {name: value for name, value in overrides.items() if value is not None}
    if "members" in named:
        named["members"], search = _members(named["members"], study.blocks, table_blocks, "members=")
        named |= {"search": search} if study.search == SearchSpace() else {}
    changed = _take_blocks(replace(study, **named), table_blocks)
    _check_ranges(changed, "study", named)
    return changed


def _take_blocks(study: StudySettings, table_blocks: Mapping[str, Sequence[str]]) -> StudySettings:
    """Return the study with those blocks of the table that its members read."""
    read = {block for member in study.members for block in member.split("+")}
    found = {name: tuple(columns) for name, columns in table_blocks.items() if name in read}
    return replace(study, blocks=found | study.blocks)


def _blocks(content: Any, where: str) -> dict[str, tuple[str, ...]]:
    """Return the user's own blocks, each with its columns."""
    if not isinstance(content, dict):
        raise InputError("blocks is not a table", where=where, remedy="write [blocks] and one block per line below")
    for name, columns in content.items():
        if not isinstance(columns, list | tuple):
            remedy = f'name them: {name} = ["f0_mean", "jitter"]'
            raise InputError(f"block {name!r} needs a list of columns", where=where, remedy=remedy)
        check_block(name, columns, where=where)
    return {name: tuple(columns) for name, columns in content.items()}


def _members(
    content: Any, own: Collection[str], of_table: Collection[str], where: str
) -> tuple[tuple[str, ...], SearchSpace]:
    """Return members, those of a named preset among them, and the search space: the preset's, if there is one.

    ``own`` are the names of the blocks that the study declares, each of which must be read; those ``of_table`` may be.
    """
    named = [name.strip() for name in content.split(",")] if isinstance(content, str) else content
    named = list(named) if isinstance(named, tuple) else named
    known = tuple(dict.fromkeys((*BLOCKS, *own, *of_table)))
    remedy = f"name {' or '.join(PRESETS)}, or list members such as {DOC2VEC}+{ELMO}, of {', '.join(known)}"
    if not isinstance(named, list) or not named or not all(isinstance(name, str) for name in named):
        raise InputError("members must be a preset or a list", where=where, remedy=remedy)
    presets = [name for name in named if name in PRESETS]
    if len(presets) > 1:
        raise InputError(f"{' and '.join(presets)} are two presets", where=where, remedy="name one of them")
    members = [member for name in named for member in (PRESETS[name].members if name in PRESETS else (name,))]
    for member in members:
        _check_member(member, members, known, where=where, remedy=remedy)
    unread = sorted(set(own) - {block for member in members for block in member.split("+")})
    if unread:
        what = f"no member reads block {unread[0]!r}"
        raise InputError(what, where=where, remedy=f"add it, such as members = {','.join([*named, unread[0]])}")
    return tuple(members), PRESETS[presets[0]].search if presets else SearchSpace()


def _check_member(member: str, members: Sequence[str], known: Collection[str], *, where: str, remedy: str) -> None:
    """Raise InputError where a member names an unknown block, repeats itself or holds ``paired`` beside another."""
    blocks = member.split("+")
    unknown = next((block for block in blocks if block not in known), None)
    if unknown is not None:
        raise InputError(f"no block {unknown!r}", where=where, remedy=remedy)
    if len(set(blocks)) < len(blocks) or members.count(member) > 1:
        raise InputError(f"{member!r} repeats itself", where=where, remedy="name each once")
    if PAIRED in blocks and len(blocks) > 1:
        what = f"{PAIRED} is a member of its own, not a part of {member!r}"
        raise InputError(what, where=where, remedy=f"write it apart: {PAIRED}, ...")


def _search(content: Any, preset: SearchSpace, where: str) -> SearchSpace:
    if not isinstance(content, dict):
        raise InputError("search is not a table", where=where, remedy="write [search] and its settings below")
    _check_names(content, [field.name for field in fields(SearchSpace)], where)
    values = {}
    for name, tried in content.items():
        tried = tried if isinstance(tried, list) else [tried]
        kind, example, is_right = _kind_of(name)
        if not tried or not all(is_right(value) for value in tried):
            raise InputError(f"{name} must be {kind}", where=where, remedy=f"write {name} = {example}")
        values[name] = tuple(tried)
    return replace(preset, **values)


def _kind_of(name: str) -> tuple[str, str, Callable[[Any], bool]]:
    """Return what a setting's values must be, an example, and the test of it."""
    if name == "classifier":
        return f"of {', '.join(CLASSIFIERS)}", f'["{LOGISTIC}"]', lambda value: value in CLASSIFIERS
    if name == "doc2vec_dm":
        return "0 (PV-DBOW) or 1 (PV-DM)", "[0]", lambda value: value in (0, 1) and not isinstance(value, bool)
    if name == "paired_context":
        return "numbers from 0 to 1", "[0.5]", _is_share
    if name.endswith("_size"):
        return "whole numbers above 0", "[50]", lambda value: _is_positive(value, whole=True)
    return "numbers above 0", "[0.01]", lambda value: _is_positive(value, whole=False)


def _is_share(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _is_positive(value: Any, *, whole: bool) -> bool:
    kinds = int if whole else (int, float)
    return isinstance(value, kinds) and not isinstance(value, bool) and 0 < value < math.inf


def _check_names(content: dict[str, Any], known: list[str], where: str) -> None:
    if "bootstrap" in content:
        what = "`bootstrap` is no setting any more: intervals need no resamples"
        raise InputError(what, where=where, remedy="remove it")
    unknown = sorted(set(content) - set(known))
    if unknown:
        raise InputError(f"unknown setting {unknown[0]!r}", where=where, remedy=f"use {', '.join(known)}")


def _check_ranges(study: StudySettings, where: str, given: Collection[str]) -> None:
    """Raise InputError where a setting is out of range; ``given`` names those that were parameters."""
    place = {field.name: f"{where}, {field.name}" for field in fields(study)} | {name: f"{name}=" for name in given}
    least = {"folds": 2, "repeats": 1, "inner_folds": 2, "splits": 1, "permutations": 20, "seed": 0}
    least |= {} if study.most_candidates is None else {"most_candidates": 1}
    for name, bound in least.items():
        value = getattr(study, name)
        if not isinstance(value, int) or isinstance(value, bool) or value < bound:
            raise InputError(f"must be a whole number of at least {bound}, not {value!r}", where=place[name])
    if study.seed > MOST_SEED:
        raise InputError(f"must be at most {MOST_SEED}, not {study.seed}", where=place["seed"])
    for name in ("min_sensitivity", "threshold"):
        value = getattr(study, name)
        if value is not None and not (_is_positive(value, whole=False) and value < 1):
            raise InputError(f"must lie between 0 and 1, not {value!r}", where=place[name])
    if study.min_sensitivity is not None and study.threshold is not None:
        what = "both a threshold and min_sensitivity"
        raise InputError(what, where=place["threshold"], remedy="leave one of them out")
    if not isinstance(study.test_share, float) or not 0 < study.test_share < 1:
        raise InputError(f"must lie between 0 and 1, not {study.test_share!r}", where=place["test_share"])
