"""Word norms (a user's CSV or TSV: ``word,aoa,concreteness``) -> two lexical features for each column of values.

A word of the fluent view is looked up as it was said, in lower case, and where the file lacks it by its lemma:
``running`` first, then ``run``. Entries of several words (``ice cream``) match nothing and are passed over; an empty
cell is a word without that value.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from adscreen.bundled import bundled
from adscreen.cohort.files import read_bytes
from adscreen.errors import InputError
from adscreen.features.feature import Feature, Speech
from adscreen.features.lexical import LEXICAL
from adscreen.words import tokenize

MINIMUM_FOUND = 5  # words with a value, below which there is no mean


@dataclass(frozen=True, slots=True)
class Norm:
    """A column of values: its ``name`` in features, its title in the file, and the words that have a value."""

    name: str
    title: str
    source: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class NormFile:
    """A file of word norms. ``definition`` is its text, from which ``parse_norms`` makes the same norms again."""

    source: str
    norms: tuple[Norm, ...]
    definition: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the definition."""
        return hashlib.sha256(self.definition.encode()).hexdigest()


def read_norms(paths: Sequence[Path]) -> tuple[NormFile, ...]:
    """Read files of word norms.

    Raises:
        InputError: a file is missing or is no such table, or two columns would be features of one name.
    """
    files = []
    taken = {feature.name: "adscreen" for feature in LEXICAL}
    for path in paths:
        try:
            text = read_bytes(path).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError("not UTF-8", where=str(path), remedy="save it as CSV in UTF-8") from error
        file = parse_norms(text, source=path.name)
        for name in (feature.name for feature in norm_features([file])):
            if name in taken:
                what = f"lexical.{name} is a feature of {taken[name]} already"
                raise InputError(what, where=path.name, remedy="rename the column")
            taken[name] = path.name
        files.append(file)
    return tuple(files)


def stored_norms(files: Sequence[NormFile]) -> list[dict[str, str]]:
    """Return files as plain data, which a table's and a model's provenance holds."""
    return [{"file": file.source, "definition": file.definition} for file in files]


def known_norms(stored: Sequence[Mapping[str, str]]) -> tuple[NormFile, ...]:
    """Return the files that ``stored_norms`` gave."""
    return tuple(parse_norms(file["definition"], source=file["file"]) for file in stored)


def _remedy() -> str:
    return f"the first line names the columns, such as word,aoa; {bundled('docs/features.md')} shows one"


@lru_cache(maxsize=8)
def parse_norms(text: str, *, source: str) -> NormFile:
    """Return the norms of a table's text: a header that begins with ``word``, comma- or tab-separated.

    Raises:
        InputError: it is no such table; the line is named.
    """
    text = text.replace("\r\n", "\n")
    delimiter = "\t" if "\t" in text.lstrip("\n").partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = ([cell.strip() for cell in row] for row in reader if row)
        titles = _read_header(next(rows, []))
        columns: list[dict[str, float]] = [{} for _ in titles]
        for word, *cells in rows:
            _add_row(columns, word, cells)
    except (ValueError, csv.Error) as error:
        where = f"{source} line {reader.line_num}" if reader.line_num else source
        raise InputError(str(error), where=where, remedy=_remedy()) from error
    if not all(columns):
        raise InputError("a column has no value of a single word", where=source, remedy=_remedy())
    named = zip(titles.items(), columns, strict=True)
    norms = tuple(Norm(name, title, source, values) for (name, title), values in named)
    return NormFile(source, norms, text)


def _read_header(cells: list[str]) -> dict[str, str]:
    """Return the safe name and the title of each column of values; raises ValueError where it is no header."""
    if not cells:
        raise ValueError("the file is empty")
    if cells[0].lower() != "word":
        raise ValueError("the first column is not named word")
    if len(cells) == 1:
        raise ValueError("no column of values beside word")
    titles: dict[str, str] = {}
    for cell in cells[1:]:
        plain = unicodedata.normalize("NFKD", cell).encode("ascii", "ignore").decode().lower()
        name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
        if not re.search("[a-z]", name):
            raise ValueError("a column's name has no letter")
        if name in titles:
            raise ValueError(f"two columns are named {name}")
        titles[name] = " ".join(cell.split())
    return titles


def _add_row(columns: Sequence[dict[str, float]], word: str, cells: Sequence[str]) -> None:
    """Put a word's values into its columns; raises ValueError where the row does not fit."""
    if len(cells) != len(columns):
        raise ValueError(f"{len(cells) + 1} cells, the header has {len(columns) + 1}")
    tokens = [token.text.lower() for token in tokenize(word)]
    if not tokens:
        raise ValueError("no word in the first column")
    for values, cell in zip(columns, cells, strict=True):
        if not cell:
            continue
        value = _number(cell)
        if len(tokens) == 1 and values.setdefault(tokens[0], value) != value:
            raise ValueError("the word has another value further up")


def _number(cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in cell:
        raise ValueError("a value is no number (a decimal point, not a comma; an empty cell where there is none)")
    return value


def norm_features(files: Sequence[NormFile]) -> tuple[Feature, ...]:
    """Return the features of word norms: for each column the mean and the coverage."""
    return tuple(feature for file in files for norm in file.norms for feature in (_mean(norm), _coverage(norm)))


def _mean(norm: Norm) -> Feature:
    def compute(speech: Speech) -> float:
        found = list(_found(norm, speech))
        return math.fsum(found) / len(found) if len(found) >= MINIMUM_FOUND else math.nan

    return Feature(
        family="lexical",
        name=f"{norm.name}_mean",
        unit=norm.title,
        formula=f"mean {norm.title} of the words that {norm.source} holds, as said or else by lemma",
        view="fluent",
        minimum=10,
        source=norm.source,
        compute=compute,
        undefined=f"fewer than {MINIMUM_FOUND} words are in {norm.source}",
    )


def _coverage(norm: Norm) -> Feature:
    def compute(speech: Speech) -> float:
        return sum(1 for _ in _found(norm, speech)) / len(speech.fluent)

    return Feature(
        family="lexical",
        name=f"{norm.name}_coverage",
        unit="ratio",
        formula=f"words with {norm.title} in {norm.source} / words",
        view="fluent",
        minimum=10,
        source=norm.source,
        compute=compute,
    )


def _found(norm: Norm, speech: Speech) -> Iterator[float]:
    """Yield the value of each word of the fluent view that has one."""
    for sentence, parsed in zip(speech.sentences("fluent"), speech.parsed, strict=True):
        lemmas = {word.source: word.lemma for word in reversed(parsed.words)}  # of it's, that of it
        for place, token in enumerate(sentence.tokens):
            value = norm.values.get(token.lower(), norm.values.get(lemmas.get(place, "")))
            if value is not None:
                yield value
