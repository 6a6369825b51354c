"""Every feature has a name, a form and, where it needs one, a reading, as a clinician would have them."""

from __future__ import annotations

import re

from adscreen.display import DISPLAYS, Display, display_of
from adscreen.extract.dictionary import describe_features

_TAGS = re.compile(r"\b(NOUN|PRON|mlu|adp|propn|aux|sconj|cconj|intj|oov|sd|p90)\b|_")


def test_every_feature_has_a_display_and_no_display_is_left_over() -> None:
    """Of every family, perplexity too, as dictionary.json lists them."""
    assert {entry["name"] for entry in describe_features({})} == set(DISPLAYS)


def test_titles_are_distinct_and_in_words() -> None:
    """No two features share a name, and no name is a tag, an abbreviation or a column."""
    titles = [display.title for display in DISPLAYS.values()]
    assert len(titles) == len(set(titles))
    assert [] == [title for title in titles if _TAGS.search(title) or not title[0].isupper()]


def test_the_form_agrees_with_the_unit() -> None:
    """A ratio is a percentage or a ratio with two decimals; a rate says per what in its name; a count is whole."""
    for entry in describe_features({}):
        display = DISPLAYS[entry["name"]]
        if entry["name"].endswith("_share"):
            assert "percent" == display.form, entry["name"]
        if entry["unit"].startswith("per 100"):
            assert display.title.endswith("per 100 words"), entry["name"]
        if entry["unit"] == "nats per target" and entry["name"] != "perplexity.joint_sd":
            assert "perplexity" == display.form, entry["name"]


def test_dictionary_and_pages_agree() -> None:
    """dictionary.json holds the title, form, unit and reading that pages use."""
    (entry,) = [entry for entry in describe_features({}) if entry["name"] == "syntactic.pron_rate"]
    assert ("Pronouns per 100 words", "one", "", "") == tuple(
        entry[name] for name in ("title", "shown_as", "shown_unit", "reading")
    )


def test_columns_and_norms_of_a_user_have_names() -> None:
    """A norm is named by its title; a user's own column keeps its name, even one that looks like a norm's."""
    assert Display("age of acquisition, mean over words", "digits") == display_of(
        "lexical.aoa_mean", unit="age of acquisition"
    )
    assert Display("Words with a value of aoa", "percent") == display_of("lexical.aoa_coverage", unit="ratio")
    assert Display("f0_mean", "digits") == display_of("acoustic.f0_mean", own=True)
