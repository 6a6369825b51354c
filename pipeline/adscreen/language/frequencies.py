"""Words -> how frequent they are in a language: the list of the package wordfreq, or a table of the user's own.

Zipf scale (van Heuven et al. 2014): log10 of occurrences per billion words.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

COLUMNS = ("zipf", "count")
_BILLION = 1e9


@dataclass(frozen=True, slots=True)
class Frequencies:
    """``code`` names a list of wordfreq; ``table`` is the text of a CSV or TSV with ``word,zipf`` or ``word,count``."""

    code: str = ""
    table: str = ""

    def zipf(self, word: str) -> float:
        """Return a word's Zipf frequency, 0 where it is not known."""
        if self.table:
            return parse_table(self.table).get(word, 0.0)
        from wordfreq import zipf_frequency

        return float(zipf_frequency(word, self.code))

    def check(self) -> None:
        """Raise ValueError where the list or the table cannot be used."""
        if self.table:
            parse_table(self.table)
            return
        from wordfreq import available_languages

        known = available_languages("best")
        if self.code not in known:
            raise ValueError(f"wordfreq has no list {self.code!r}; it has {', '.join(sorted(known))}")
        try:
            self.zipf("a")
        except ImportError:  # Chinese, Japanese and Korean need a tokenizer that wordfreq does not install
            raise ValueError(f"wordfreq needs more packages for {self.code!r}: give a table with file=") from None

    def as_stored(self) -> dict[str, str]:
        """Return plain data, from which ``stored`` makes the same."""
        return {"table": self.table} if self.table else {"wordfreq": self.code}

    @classmethod
    def stored(cls, content: Mapping[str, Any]) -> Frequencies:
        """Return the frequencies that ``as_stored`` gave."""
        return cls(code=content.get("wordfreq", ""), table=content.get("table", ""))


@lru_cache(maxsize=4)
def parse_table(text: str) -> dict[str, float]:
    """Return the Zipf frequency of each word, lower case, of a table; counts are divided by their sum.

    Raises:
        ValueError: it is no such table; the line is named.
    """
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [cell.strip().lower() for cell in next(reader, [])]
    if len(header) != 2 or header[0] != "word" or header[1] not in COLUMNS:
        raise ValueError("the first line of the word frequencies is neither word,zipf nor word,count")
    values: dict[str, float] = {}
    for row in reader:
        if not row:
            continue
        try:
            word, cell = row
            number = float(cell)
        except ValueError:
            raise ValueError(f"line {reader.line_num} of the word frequencies is no word and number") from None
        if not (math.isfinite(number) and number > 0):
            raise ValueError(f"line {reader.line_num} of the word frequencies has no number above 0")
        if values.setdefault(word.strip().lower(), number) != number:
            raise ValueError(f"line {reader.line_num} of the word frequencies has a word that stands further up")
    if not values:
        raise ValueError("the word frequencies hold no word")
    if header[1] == "zipf":
        return values
    total = math.fsum(values.values())
    return {word: math.log10(count / total * _BILLION) for word, count in values.items()}
