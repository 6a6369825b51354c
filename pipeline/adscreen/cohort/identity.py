"""An id as written -> the key under which it is one person, cluster or recording; a key's ids -> one spelling.

The key is the id without what people and programs change unseen: Unicode form (é as one character or as two), letter
case, spaces, invisible characters, and the shape of dashes and apostrophes. It follows NFKC_Casefold of the Unicode
Standard (section 3.13), which leaves out the characters of Default_Ignorable_Code_Point (DerivedCoreProperties.txt).
Leading zeros are not folded, for 1 and 001 may be two people; ``loose_key`` folds them as well, to ask.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

_INVISIBLE = re.compile(  # Default_Ignorable_Code_Point, interlinear annotation, and controls that are no space
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_DASH = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_APOSTROPHE = re.compile("[\u2018\u2019\u02bc\uff07]")
_SPACES = re.compile("[\\s\u2800]+")  # the empty Braille cell looks like a space
_GUARD = re.compile("'(?=[=+@-])")  # before what a spreadsheet would run: the files of adscreen have it
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")  # 1 11 is not 11 1
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_WHOLE = re.compile(r"(\d+)\.0+")  # a number that a program stored as 1.0
_SHOWN = 3


@lru_cache(maxsize=8_192)
def identity_key(name: str) -> str:
    """Return what all spellings of one id have in common.

    >>> identity_key("Jose\\u0301 1") == identity_key(" JOS\\u00c9\\u200b\\u00a01")
    True
    >>> identity_key("1") == identity_key("01")
    False
    """
    key = name
    while (folded := _fold(key)) != key:  # twice at most: folding case can undo a composition
        key = folded
    return key


def _fold(name: str) -> str:
    if name.isascii() and name.isalnum():
        return name.lower()
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", name)).casefold())
    text = _APOSTROPHE.sub("'", _DASH.sub("-", unicodedata.normalize("NFKC", text)))
    spaced = " ".join(_SPACES.split(text)).strip()
    if _GUARD.match(spaced):
        spaced = spaced[1:]
    return _BETWEEN_DIGITS.sub("\0", spaced).replace(" ", "").replace("\0", " ")


def loose_key(name: str) -> str:
    """Return the key without leading zeros of its numbers, and without the ``.0`` of a whole number.

    >>> loose_key("S001-02"), loose_key("7.0"), loose_key("0")
    ('s1-2', '7', '0')
    """
    key = identity_key(name)
    if whole := _WHOLE.fullmatch(key):
        key = whole[1]
    return _ZEROS.sub("", key)


def tidy(text: str) -> str:
    """Return text in one Unicode form (NFC), without invisible characters and with single plain spaces.

    >>> tidy("\\u200bde\\u0301mence\\u00a0 probable ")
    'démence probable'
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return " ".join(_SPACES.split(visible)).strip()


def show(name: str) -> str:
    """Return an id in quotes, with the code points of what cannot be seen and of combining marks.

    >>> print(show("Jose\\u0301\\u200b"))
    'Jose<U+0301><U+200B>'
    """
    return "'" + "".join(char if _is_seen(char) else f"<U+{ord(char):04X}>" for char in name) + "'"


def _is_seen(char: str) -> bool:
    return char == " " or not (unicodedata.combining(char) or _INVISIBLE.match(char) or _SPACES.match(char))


def first_spellings(names: Iterable[str], *, same_id: bool = False) -> dict[str, str]:
    """Return the first spelling of an id for each of its other ones; ``same_id`` ignores leading zeros too."""
    key = loose_key if same_id else identity_key
    first: dict[str, str] = {}
    return {name: one for name in dict.fromkeys(names) if (one := first.setdefault(key(name), name)) != name}


def describe_spellings(spellings: Mapping[str, str], *, noun: str) -> str:
    """Return the note that says which spellings were taken for one id."""
    groups: dict[str, list[str]] = {}
    for name, first in spellings.items():
        groups.setdefault(first, [first]).append(name)
    listed = list_some((" = ".join(map(show, group)) for group in groups.values()), between="; ")
    what = f"one {noun} is" if len(groups) == 1 else f"{len(groups)} {noun}s are"
    return f"{what} written in more than one way, and each counts as one: {listed}"


def list_some(names: Iterable[str], *, between: str = ", ") -> str:
    """Return the first few names, with ``...`` where there are more."""
    every = list(names)
    return between.join([*every[:_SHOWN], *(["..."] if len(every) > _SHOWN else [])])


def differ_in_zeros(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the groups of ids, one spelling of each, that differ in leading zeros alone."""
    groups: dict[str, dict[str, str]] = {}
    for name in names:
        groups.setdefault(loose_key(name), {}).setdefault(identity_key(name), name)
    return [tuple(group.values()) for group in groups.values() if len(group) > 1]


def describe_zeros(groups: Iterable[tuple[str, ...]], *, noun: str) -> str:
    """Return the note that asks whether ids that differ in leading zeros are one."""
    listed = list_some((" and ".join(map(show, group)) for group in groups), between="; ")
    return (
        f"{noun} ids that differ only in leading zeros are taken for different {noun}s: {listed}; "
        "if they are the same, add same_id="
    )
