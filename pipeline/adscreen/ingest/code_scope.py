"""The words of an utterance, and how far the code after an item reaches back over them.

Source: CHAT manual (MacWhinney, TalkBank), chapter "Scoped symbols"; the grammar is in adscreen.ingest.main_line.

An item ends with the last word read: a code belongs to the word, or to the group in angle brackets, before it. Words
are frozen, so a code puts a changed copy in a word's place. Every word is changed once by each kind of code, however
deep groups nest, so time is linear in the length of the line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

from adscreen.ingest.word_form import read_word
from adscreen.records import Word

LONGEST_REPETITION = 200  # words; a larger count in [x N] is a slip of the pen


_Stretches = list[tuple[int, int]]  # of words that a code has reached already, in order


@dataclass(slots=True)
class Scope:
    """The words read so far, the open groups, and the item that a code would belong to.

    ``item`` is the position of its first word, None where there is none. An item may hold no word (``xxx [/]``).
    """

    words: list[Word] = field(default_factory=list)
    item: int | None = None
    repetitions: int = 0
    retracings: int = 0
    _open: list[int] = field(default_factory=list)
    _covered: dict[str, _Stretches] = field(default_factory=dict)  # by each kind of code

    def add(self, word: Word) -> None:
        """Add a word, which is the item of a code that follows."""
        self.item = len(self.words)
        self.words.append(word)

    def add_wordless(self) -> None:
        """Note an item without a word that is kept: something omitted, done or not understood."""
        self.item = len(self.words)

    def open(self) -> None:
        """Begin a group."""
        self._open.append(len(self.words))
        self.item = None

    def close(self) -> bool:
        """End the group opened last, which becomes the item; False where none is open."""
        if not self._open:
            return False
        self.item = self._open.pop()
        return True

    def is_open(self) -> bool:
        """Tell whether a group has begun and not ended."""
        return bool(self._open)

    def repeat(self) -> None:
        """``[/]``: the item is said again after it."""
        self.repetitions += 1
        for position in self._newly("repeated", *self._item()):
            self.words[position] = _repeated(self.words[position])

    def retrace(self) -> None:
        """``[//]`` and its kind: the item is given up for what follows."""
        self.retracings += 1
        for position in self._newly("retraced", *self._item()):
            self.words[position] = _retraced(self.words[position])

    def exclude(self) -> None:
        """``[e]``: the item is not to be read."""
        for position in self._newly("excluded", *self._item()):
            self.words[position] = replace(self.words[position], kind="excluded")

    def make_nonword(self) -> None:
        """``[: x@n]``: the item is a nonword whose target nobody can tell."""
        for position in range(*self._item()):
            if self.words[position].kind == "word":
                self.words[position] = replace(self.words[position], kind="nonword")

    def replace_by(self, target: tuple[str, ...]) -> None:
        """``[: ]``: give the target to the first word; the others then stand for nothing: their target is ``("",)``."""
        start, stop = self._item()
        if start == stop:
            return
        first = self.words[start]
        text = "_".join(target) if read_word(first.raw).phonetic and any(target) else first.text
        self.words[start] = replace(first, text=text, target=target)
        for position in self._newly("replaced", start + 1, stop):
            self.words[position] = replace(self.words[position], target=("",))

    def put_error(self, code: str) -> None:
        """``[* ]``: mark the last word of the item: one code is one error, however many words it covers."""
        start, stop = self._item()
        if start < stop:
            last = self.words[stop - 1]
            codes = dict.fromkeys([*(last.error or "").split(), *code.split()])
            self.words[stop - 1] = replace(last, error=" ".join(code for code in codes if code != "*") or "*")

    def say_times(self, count: int) -> bool:
        """``[x N]``: write the item out N times, all but the last as repetitions; False where N is out of range."""
        start, stop = self._item()
        if count < 2 or count * max(stop - start, 1) > LONGEST_REPETITION:
            return False
        said = self.words[start:stop]
        earlier = [_repeated(word) for word in said]
        self.words[start:] = [*earlier * (count - 1), *said]
        self.repetitions += count - 1
        for covered in self._covered.values():
            _uncover(covered, start)
        return True

    def _newly(self, code: str, start: int, stop: int) -> list[int]:
        """Return the words from ``start`` to ``stop`` that no code of this kind reached before."""
        return _cover(self._covered.setdefault(code, []), start, stop)

    def _item(self) -> tuple[int, int]:
        """Where the item begins and ends; where there is none, an item without words at the end."""
        stop = len(self.words)
        return (stop if self.item is None else self.item), stop


def _cover(stretches: _Stretches, start: int, stop: int) -> list[int]:
    """Cover the words from ``start`` to ``stop`` and return those that were not.

    An item ends with the last word read, so what a code reaches anew lies before, between or behind the last stretches:
    every word is visited once, however deep groups nest.
    """
    new: list[int] = []
    end = stop
    while stretches and stretches[-1][1] > start:
        inner_start, inner_stop = stretches.pop()
        new += range(inner_stop, end)
        start, end = min(start, inner_start), inner_start
    new += range(start, end)
    if start < stop:
        stretches.append((start, stop))
    return new


def _uncover(stretches: _Stretches, start: int) -> None:
    """Uncover the words from ``start`` on."""
    while stretches and stretches[-1][1] > start:
        before = stretches.pop()[0]
        if before < start:
            stretches.append((before, start))


@lru_cache(maxsize=8_192)
def _retraced(word: Word) -> Word:
    return replace(word, retraced=True)


@lru_cache(maxsize=8_192)
def _repeated(word: Word) -> Word:
    return replace(word, repeated=True)
