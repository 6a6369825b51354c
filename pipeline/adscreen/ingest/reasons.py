"""Lines that say why recordings cannot be used -> their commonest reasons, in one line."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
_SHOWN = 3


def plain_reason(line: str) -> str:
    """Return what is wrong, of a line that says where, what and the remedy: alike for files with the same fault.

    >>> plain_reason("S012.cha line 41: no speaker tier (12 lines); add *PAR: or *INV:")
    'no speaker tier'
    """
    what = line.partition(": ")[2] or line
    return what.partition(";")[0].partition(":")[0].partition(" (")[0].strip()


def without_numbers(reason: str) -> str:
    """Return a reason that is alike for recordings which differ in numbers alone.

    >>> without_numbers("12 words, the model needs 20")
    'N words, the model needs N'
    """
    return _NUMBER.sub("N", reason)


def list_reasons(counts: Mapping[str, int], *, most: int | None = _SHOWN) -> str:
    """Return reasons with how many recordings have each, the commonest first; None for ``most`` lists all.

    >>> list_reasons({"the file is empty": 2, "no participant": 12})
    'no participant (12), the file is empty (2)'
    """
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    listed = [f"{reason} ({count})" for reason, count in ordered[:most]]
    return ", ".join([*listed, *(["..."] if len(ordered) > len(listed) else [])])
