"""Tiers -> which of them hold speech, whose it is, and which hold something else."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.tiers import LISTED, Name, Said, Span, choose_tiers, holds_ids, list_tiers, read_name


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("tx@Anna", "", Name("Anna", "utterances")),
        ("ft@Anna", "", Name("Anna", "other")),
        ("Anna - words", "", Name("Anna", "words")),
        ("Anna_transcription", "", Name("Anna", "utterances")),
        ("Speaker 1 words", "", Name("Speaker 1", "words")),
        ("Anna", "ref", Name("Anna", "other")),
        ("MB", "default-lt", Name("MB", "")),
        ("phrase", "", Name("", "utterances")),
        ("ORT-MAU", "", Name("MAU", "words")),
        ("KAN-MAU", "", Name("", "other")),
        ("A_word-gls-en", "gls", Name("A_-gls-en", "words")),
    ],
)
def test_names_say_speaker_and_use(name: str, kind: str, expected: Name) -> None:
    """A name says who speaks, what the tier holds, or both; initials are no code unless the type says so."""
    assert expected.use == read_name(name, kind=kind).use
    if expected.use != "words" or "-" not in name:
        assert expected.speaker == read_name(name, kind=kind).speaker


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a.001", "a.002", ""], True),
        (["Anna 001", "Anna 002"], True),
        (["The quick brown fox 001", "The quick brown fox 002"], False),
        (["mhm", "mhm", "mhm"], False),
        (["", ""], False),
        (["2003"], False),
    ],
)
def test_ids_are_told_from_words(texts: list[str], expected: bool) -> None:
    """Ids hold digits and no sentence; one number is an answer."""
    assert expected == holds_ids(texts)


def said(name: str, *spans: tuple[int, int, str]) -> Said:
    """Return a tier."""
    return Said(name, read_name(name), [Span(*span) for span in spans])


def test_the_finer_of_two_tiers_of_the_same_words_is_kept() -> None:
    """Sentences and phrases of one speech are read once."""
    sentences = said("sentence", (0, 4000, "the boy fell. he cries."))
    phrases = said("phrase", (0, 2000, "The boy fell"), (2000, 4000, "he cries"))
    assert ([phrases], ["sentence"]) == choose_tiers([sentences, phrases], where="a", remedy="b")


def test_people_who_take_turns_are_people() -> None:
    """Tiers whose stretches differ are both kept, whoever the speakers are."""
    tiers = [said("A", (0, 1000, "so"), (2000, 3000, "yes")), said("B", (1000, 2000, "no"), (3000, 4000, "well"))]
    assert (tiers, []) == choose_tiers(tiers, where="a", remedy="b")


def test_a_long_list_of_tiers_is_cut() -> None:
    """One line names LISTED tiers and counts the others."""
    assert list_tiers(map(str, range(LISTED + 2))).endswith(f"{LISTED - 1} and 2 more")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "B", "tx@A", "words", "notes", ""]),
            st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from(["", "so", "yes"])), max_size=4),
        ),
        max_size=5,
    )
)
def test_every_tier_is_kept_or_named(tiers: list[tuple[str, list[tuple[int, int, str]]]]) -> None:
    """No tier is lost: each is kept or among those left out, else the choice is refused."""
    given_tiers = [said(name, *spans) for name, spans in tiers]
    with suppress(InputError):
        kept, left = choose_tiers(given_tiers, where="a", remedy="b")
        assert sorted(tier.tier for tier in given_tiers) == sorted([*(tier.tier for tier in kept), *left])
