"""The gems of a CHAT file (``@Bg`` ... ``@Eg``, ``@G``) -> the part of it that is read: one gem, or all.

Source: CHAT manual (MacWhinney, TalkBank), chapter "Gems". Which gem is read is the user's choice; without one, a task
that has the very name of a gem counts as its choice, and a diagnostic says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from adscreen.errors import InputError
from adscreen.records import Diagnostic, Utterance

ALL = "all"  # the choice of the whole file
_NAME = re.compile(r"[^*:]{1,60}")  # what is longer, or holds a speaker, is speech that ran into the header
_SHOWN = 8
_SEVERAL = "gems, and all of them were read: "
_OPENS = re.compile(r"^@(?:Bg|G):[ \t]*(\S[^\n\r]*?)[ \t]*\r?$", re.MULTILINE)
_CHOOSE = "name one of them in the manifest column `gem`, or `all` for the whole file"


def list_gems(text: str) -> tuple[str, ...]:
    """Return the names of the gems that a CHAT file opens, each once, in the order of the file.

    >>> list_gems("@Begin\\n@Bg:\\tCookie_Theft\\n*PAR:\\tthe boy .\\n@Eg:\\tCookie_Theft\\n@G:\\trecall\\n@End\\n")
    ('Cookie_Theft', 'recall')
    """
    return tuple(_names(dict.fromkeys(_OPENS.findall(text))))


def is_all(gem: str | None) -> bool:
    """Return whether a choice of gem is that of the whole file."""
    return gem is not None and gem.strip().casefold() == ALL


def reads_several(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return whether a file's diagnostics say that it marks several gems, and that nobody chose one."""
    return any(_SEVERAL in one.what for one in diagnostics)


def refuse_gem(gem: str | None, *, where: str) -> None:
    """Raise InputError where one gem is asked of what marks none."""
    if gem and not is_all(gem):
        remedy = "write `all` into the manifest column `gem` for it, or choose other rows with where="
        raise InputError(f"no gem {gem!r}; the file marks no gems", where=where, remedy=remedy)


@dataclass(slots=True)
class OpenGems:
    """The gems around the line being read, and whether the ``wanted`` one is among them."""

    wanted: str | None = None
    _open: dict[str, int] = field(default_factory=dict)
    _lazy: str = ""
    _open_of_wanted: int = 0
    _opened: list[str] = field(default_factory=list)  # since the last utterance

    def take(self, header: str, label: str) -> None:
        """Read one header of a gem: ``Bg``, ``Eg`` or ``G``."""
        match header:
            case "Bg":
                self._open[label] = self._open.get(label, 0) + 1
                self._opened.append(label)
                self._open_of_wanted += self._is_wanted(label)
            case "Eg":
                self._end(label)
            case "G":
                self._lazy = label
                self._opened.append(label)

    @property
    def has_opened(self) -> bool:
        """Whether a gem was opened since the last utterance."""
        return bool(self._opened)

    def in_wanted(self) -> bool:
        """Tell whether the current line lies in the wanted gem."""
        return self._open_of_wanted > 0 or self._is_wanted(self._lazy)

    def take_opened(self) -> list[str]:
        """The labels of the gems around the current line that were not around the last utterance."""
        labels = [label for label in self._opened if label and (label in self._open or label == self._lazy)]
        self._opened = []
        return labels

    def _is_wanted(self, label: str) -> bool:
        return bool(self.wanted and label and _is_named(label, self.wanted))

    def _end(self, label: str) -> None:
        """End the gem of that label, else the one opened last."""
        if label not in self._open:
            label = next(reversed(self._open), "")
        if label in self._open:
            self._open[label] -= 1
            self._open_of_wanted -= self._is_wanted(label)
            if not self._open[label]:
                del self._open[label]


@dataclass(slots=True)
class Turns:
    """The utterances read so far, which of them lie in the wanted gem, and the labels of gems with utterances."""

    utterances: list[Utterance] = field(default_factory=list)
    in_wanted: list[bool] = field(default_factory=list)
    labels: dict[str, None] = field(default_factory=dict)

    def add(self, utterance: Utterance, gems: OpenGems) -> None:
        """Take an utterance under the gems that are open."""
        self.utterances.append(utterance)
        self.in_wanted.append(gems.in_wanted())
        if gems.has_opened:
            self.labels.update(dict.fromkeys(gems.take_opened()))


@dataclass(frozen=True, slots=True)
class Selected:
    """The utterances that are read, the task that their gem names, and what is to be told of the choice."""

    utterances: tuple[Utterance, ...]
    task: str | None
    diagnostics: tuple[Diagnostic, ...] = ()


def wanted_gem(gem: str | None, task: str | None) -> str | None:
    """Return the name of the gem to look for: the one chosen, else the task; None where all is chosen."""
    return None if is_all(gem) else gem or task


def select_gem(turns: Turns, *, gem: str | None, task: str | None, file: str) -> Selected:
    """Return the utterances of the chosen gem; without a choice, of the gem that is called as the task is, else all.

    Raises:
        InputError: no gem has the chosen name, or there are several and none is called as the task is.
    """
    labels = list(turns.labels)
    whole = Selected(tuple(turns.utterances), labels[0] if len(labels) == 1 else None)
    if is_all(gem):
        return whole
    if gem:
        _require(gem, labels, file=file)
        return _inside(turns, gem)
    if task and any(_is_named(label, task) for label in labels):
        return _by_task(turns, task, file=file)
    if len(labels) > 1:
        if task:
            _require(task, labels, file=file)
        what = f"marks {len(labels)} {_SEVERAL}{_list(labels)}"
        return _with(whole, what, file=file, remedy=_CHOOSE)
    if task and labels:
        what = f"the whole file was read: its only gem, {_list(labels)}, is not called as the task is"
        return _with(whole, what, file=file, remedy="to leave out what is outside it, name it in the column `gem`")
    return whole


def _require(name: str, labels: Sequence[str], *, file: str) -> None:
    """Raise InputError where no gem has this name."""
    if any(_is_named(label, name) for label in labels):
        return
    if not labels:
        refuse_gem(name, where=file)
    raise InputError(f"no gem {name!r}; the file marks {_list(labels)}", where=file, remedy=_CHOOSE)


def _by_task(turns: Turns, task: str, *, file: str) -> Selected:
    chosen = _inside(turns, task)
    left_out = len(turns.utterances) - len(chosen.utterances)
    if not left_out:
        return chosen
    what = f"only the gem that is called as the task is was read; {left_out} utterances outside it were left out"
    return _with(chosen, what, file=file, remedy="if all is meant, write `all` into the manifest column `gem`")


def _inside(turns: Turns, name: str) -> Selected:
    kept = tuple(one for one, inside in zip(turns.utterances, turns.in_wanted, strict=True) if inside)
    return Selected(kept, next(label for label in turns.labels if _is_named(label, name)))


def _with(selected: Selected, what: str, *, file: str, remedy: str) -> Selected:
    return Selected(selected.utterances, selected.task, (Diagnostic(file, None, what, remedy),))


def _list(labels: Iterable[str]) -> str:
    names = _names(labels)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more if names else "gems without a short name"


def _names(labels: Iterable[str]) -> list[str]:
    return [label for label in labels if _NAME.fullmatch(label)]


def _is_named(label: str, name: str) -> bool:
    """Tell whether a gem has a name; case, spaces and punctuation do not count."""
    first, second = (re.split(r"[\W_]+", one.strip().casefold()) for one in (label, name))
    return first == second
