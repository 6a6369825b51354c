"""The spellings of sex in a manifest -> one spelling each.

``F``, ``Female`` and ``woman`` clearly mean the same, and count as ``female``. What numbers mean is not known (0 is
male in one study and female in another), so they stay as they are until the user says; a column of words and numbers
is refused, for the same sex would count as two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from adscreen.cohort.identity import list_some, show, tidy
from adscreen.errors import InputError

FEMALE, MALE = "female", "male"
_WORDS = {
    FEMALE: (
        "female",
        "females",
        "f",
        "fem",
        "woman",
        "women",
        "w",
        "weiblich",
        "frau",
        "femme",
        "femenino",
        "feminino",
        "femminile",
    ),
    MALE: (
        "male",
        "males",
        "m",
        "man",
        "men",
        "männlich",
        "maennlich",
        "mann",
        "homme",
        "masculino",
        "maschile",
        "masculin",
    ),
}
_NO_SEX = frozenset("dinoux?.-")  # divers, intersex, non-binary or not known, other, unknown
_MEANING = {word: sex for sex, words in _WORDS.items() for word in words}
_REMEDY = "say what the numbers mean, such as sex= 0=male,1=female"


def join_sexes(values: Iterable[str], meanings: Mapping[str, str], *, file: str) -> dict[str, str]:
    """Return what each spelling in a column counts as; ``meanings`` says so of codes, before what is known of words.

    A single letter has its meaning unless another one may be a sex of which nothing is known: next to H (hombre,
    homme), M may be mujer. Letters such as U and X, for unknown or other, are none.

    Raises:
        InputError: the column holds words and numbers.
    """
    own = {_fold(code): tidy(meaning) for code, meaning in meanings.items()}
    own = {code: _MEANING.get(meaning.casefold(), meaning) for code, meaning in own.items()}
    spellings = list(dict.fromkeys(values))
    letters = {_fold(value) for value in spellings if len(value) == 1 and value.isalpha()} - own.keys()
    known = {word: sex for word, sex in _MEANING.items() if len(word) > 1 or letters - _NO_SEX <= _MEANING.keys()} | own
    joined = {value: known.get(_fold(value), value) for value in spellings}
    _refuse_numbers(joined, where=file)
    return joined


def _fold(value: str) -> str:
    """Return what the spellings of one word or one number have in common."""
    text = tidy(str(value)).casefold()
    return f"{float(text):g}" if is_code(text) else text


def is_code(value: str) -> bool:
    """Return whether a sex is written as a number."""
    try:
        float(value)
    except ValueError:
        return False
    return True


def _refuse_numbers(joined: Mapping[str, str], *, where: str) -> None:
    numbers = sorted(value for value in joined.values() if is_code(value))
    words = sorted({value for value in joined.values() if value in _WORDS})
    if numbers and words:
        what = f"sex is written in words ({', '.join(words)}) and in numbers ({', '.join(numbers)})"
        raise InputError(what, where=where, remedy=f"{_REMEDY}, or which mean missing: missing= sex={numbers[-1]}")


def describe_sexes(joined: Mapping[str, str]) -> Iterator[str]:
    """Yield the notes that a user should read: spellings that were joined, and numbers that may be two codings."""
    groups: dict[str, list[str]] = {}
    for value, meaning in joined.items():
        groups.setdefault(meaning, []).append(value)
    several = {meaning: values for meaning, values in groups.items() if len(values) > 1}
    if several:
        listed = "; ".join(f"{' and '.join(map(show, values))} count as {name}" for name, values in several.items())
        yield f"sex is written in more than one way: {listed}"
    numbers = sorted(value for value in groups if is_code(value))
    unclear = [value for value in groups if value not in _WORDS and not is_code(value) and _fold(value) not in _NO_SEX]
    if len(groups) > 2 and unclear:
        listed = list_some(map(show, sorted(groups)))
        yield f"sex has {len(groups)} values ({listed}): say which mean the same, such as sex= H=male,mujer=female"
    if len(numbers) > 2:
        listed = list_some(numbers)
        yield f"sex has {len(numbers)} numbers ({listed}): if they are of two codings, write them in one; {_REMEDY}"


def as_joined(value: str, joined: Mapping[str, str]) -> str:
    """Return a sex as a condition writes it under the spelling that it counts as."""
    if not joined:
        return value
    folded = _fold(value)
    known = {_fold(spelling): meaning for spelling, meaning in joined.items()}
    return known.get(folded, _MEANING.get(folded, value) if len(folded) > 1 else value)


def check_same_coding(first: Iterable[str], second: Iterable[str], *, where: str) -> None:
    """Raise InputError where two cohorts do not write sex in the same way: words and numbers, or no value in common."""
    one, other = set(first), set(second)
    if not one or not other:
        return
    codes, other_codes = ({_fold(value) for value in values if is_code(value)} for values in (one, other))
    if bool(codes) != bool(other_codes):
        numbers = ", ".join(sorted(codes or other_codes))
        what = f"sex is written in words in one cohort and in numbers ({numbers}) in the other"
        raise InputError(what, where=where, remedy=_REMEDY)
    if codes and not (codes <= other_codes or other_codes <= codes):
        what = f"sex is written in other numbers ({', '.join(sorted(codes))}; {', '.join(sorted(other_codes))})"
        raise InputError(what, where=where, remedy="write it in words in both manifests")
    if not codes and not one & other and not one | other <= {FEMALE, MALE}:
        what = f"sex is written in other words ({', '.join(sorted(one))}; {', '.join(sorted(other))})"
        raise InputError(what, where=where, remedy="say what they mean, such as sex= hombre=male,mujer=female")
