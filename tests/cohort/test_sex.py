"""Spellings of sex that clearly mean the same are one; numbers are asked about."""

from __future__ import annotations

import pytest

from adscreen.cohort.sex import as_joined, check_same_coding, describe_sexes, join_sexes
from adscreen.errors import InputError


def joined(*values: str, **codes: str) -> list[str]:
    """Return what each spelling of a column counts as; ``n0="male"`` says what 0 means."""
    found = join_sexes(values, {code.removeprefix("n"): meaning for code, meaning in codes.items()}, file="m.csv")
    return [found[value] for value in values]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("F", "female", "Female", "woman", "f"), ["female"] * 5),
        (("M", "MALE", "man", "m"), ["male"] * 4),
        (("w", "m", "weiblich", "Männlich"), ["female", "male", "female", "male"]),
        (("H", "M"), ["H", "M"]),
        (("v", "m", "male"), ["v", "m", "male"]),
        (("female", "divers", "F"), ["female", "divers", "female"]),
        (("0", "1"), ["0", "1"]),
        (("1", "2", "2.0"), ["1", "2", "2.0"]),
    ],
)
def test_words_are_joined_and_numbers_stay(values: tuple[str, ...], expected: list[str]) -> None:
    """M is not taken for male next to H, nor next to another letter that is not known."""
    assert expected == joined(*values)


def test_codes_have_the_meaning_that_the_user_gives_them() -> None:
    """0 and 0.0 are one code; a meaning may be any spelling of a sex, or another word."""
    assert ["male", "female", "male", "other"] == joined("0", "F", "0.0", "2", n0="M", n2="other")
    assert ["female", "male"] == joined("1", "M", n1="female")


def test_words_and_numbers_in_one_column_are_refused() -> None:
    """As where two files were put below each other; a code for a missing sex is another way out."""
    with pytest.raises(InputError) as caught:
        joined("female", "M", "0", "9", n0="male")
    assert str(caught.value) == (
        "m.csv: sex is written in words (female, male) and in numbers (9); say what the numbers mean, such as "
        "sex= 0=male,1=female, or which mean missing: missing= sex=9"
    )


def test_what_a_user_is_told() -> None:
    """Spellings that were joined, and numbers that may be of two codings; nothing where each sex has one spelling."""
    assert [] == list(describe_sexes(join_sexes(["F", "M"], {}, file="m.csv")))
    (note,) = describe_sexes(join_sexes(["F", "female", "M"], {}, file="m.csv"))
    assert "sex is written in more than one way: 'F' and 'female' count as female" == note
    (note,) = describe_sexes(join_sexes(["0", "1", "2"], {}, file="m.csv"))
    assert note.startswith("sex has 3 numbers (0, 1, 2): if they are of two codings, write them in one; ")


def test_a_condition_may_use_any_spelling() -> None:
    """The manifest's own spelling, in any case, and words that are known; not a letter that the column lacks."""
    known = join_sexes(["F", "1"], {"1": "male"}, file="m.csv")
    assert ["female", "female", "female", "male", "M", "x"] == [
        as_joined(value, known) for value in ("F", "f", "Female", "1", "M", "x")
    ]
    assert "Female" == as_joined("Female", {})


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ({"female", "male"}, {"0", "1"}, r"in words in one cohort and in numbers \(0, 1\) in the other"),
        ({"0", "1"}, {"female"}, r"in numbers \(0, 1\)"),
        ({"0", "1"}, {"1", "2"}, r"in other numbers \(0, 1; 1, 2\); write it in words in both manifests"),
    ],
)
def test_two_cohorts_must_write_sex_alike(first: set[str], second: set[str], message: str) -> None:
    """What is learned of `female` does not apply to `1`."""
    with pytest.raises(InputError, match=message):
        check_same_coding(first, second, where="test=")


def test_cohorts_that_write_sex_alike() -> None:
    """One sex may be missing in one of them, and the whole column too."""
    for first, second in (({"female", "male"}, {"male"}), ({"1", "2"}, {"2"}), ({"1.0"}, {"1"}), (set(), {"1"})):
        check_same_coding(first, second, where="test=")


def test_a_letter_for_unknown_does_not_part_f_from_female() -> None:
    """Beside U, D or X, F is female as it is without them, and the letter stays a value of its own."""
    joined = join_sexes(["F", "Female", "M", "males", "U", "D"], {}, file="m.csv")
    expected = {"F": "female", "Female": "female", "M": "male", "males": "male", "U": "U", "D": "D"}
    assert expected == joined


def test_values_of_which_nothing_is_known_are_noted() -> None:
    """Beside H, M may be mujer or male; three values or more may hold one sex twice, and the user is told."""
    joined = join_sexes(["H", "M", "mujer"], {}, file="m.csv")
    assert {"H": "H", "M": "M", "mujer": "mujer"} == joined
    assert ["sex has 3 values ('H', 'M', 'mujer')"] == [note.partition(":")[0] for note in describe_sexes(joined)]
    assert [] == list(describe_sexes(join_sexes(["H", "mujer"], {}, file="m.csv")))
    assert [] == list(describe_sexes(join_sexes(["f", "m", "u", "x"], {}, file="m.csv")))


def test_two_cohorts_in_other_words_are_refused() -> None:
    """A baseline that learned female and male can do nothing with mujer and hombre; one sex in each cohort is right."""
    with pytest.raises(InputError, match=r"in other words \(female, male; hombre, mujer\); say what they mean"):
        check_same_coding(["female", "male"], ["mujer", "hombre"], where="test=")
    check_same_coding(["female"], ["male"], where="test=")
    check_same_coding(["female", "male", "U"], ["U"], where="test=")
