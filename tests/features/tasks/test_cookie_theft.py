"""The Cookie Theft picture's task file."""

from __future__ import annotations

import pytest

from adscreen.features.information_units import find_mentions
from adscreen.features.tasks import CATEGORIES, bundled_tasks

(TASK,) = bundled_tasks()
ACTIONS = {unit.name for unit in TASK.units if unit.category == "action"}
TAKING, FALLING, DRYING = "boy taking or stealing", "boy or stool falling", "woman drying or washing"
GIRL, OVERFLOWING = "action by the girl", "water overflowing"
UNCONCERNED, INDIFFERENT = "woman unconcerned by the overflowing", "woman indifferent to the children"


def told(utterance: str) -> set[str]:
    """Return the units that an utterance mentions."""
    return {TASK.units[mention.unit].name for mention in find_mentions([utterance.split()], TASK)}


def test_croisiles_23_units() -> None:
    """Three subjects, two places, eleven objects and seven actions (Croisile et al. 1996)."""
    counts = [sum(unit.category == category for unit in TASK.units) for category in CATEGORIES]
    assert (23, [3, 2, 11, 7]) == (len(TASK.units), counts)


def test_the_reference_tells_every_unit() -> None:
    """The description that speech is compared with mentions all that the file lists."""
    mentions = find_mentions(TASK.reference, TASK)
    assert {unit.name for unit in TASK.units} == {TASK.units[mention.unit].name for mention in mentions}


@pytest.mark.parametrize(
    ("utterance", "actions"),
    [
        ("the boy's stealing cookies", {TAKING}),
        ("he got his hand in the jar", {TAKING}),
        ("reaching for the cookie jar", {TAKING}),
        ("the girl is reaching for a cookie", {GIRL}),
        ("the boy is standing on a stool", set()),
        ("he's gonna fall off that stool", {FALLING}),
        ("the stool is tipping", {FALLING}),
        ("the lid is falling off the jar", set()),
        ("he's not falling yet", set()),
        ("the water is falling on the floor", {OVERFLOWING}),
        ("his sister's got her finger to her mouth", {GIRL}),
        ("she's asking him for one", {GIRL}),
        ("the boy is handing the girl a cookie", set()),
        ("mother is drying the dishes", {DRYING}),
        ("she's doing dishes", {DRYING}),
        ("wiping a plate", {DRYING}),
        ("the sink is overflowing", {OVERFLOWING}),
        ("it's all running over", {OVERFLOWING}),
        ("there's a puddle", {OVERFLOWING}),
        ("the water is running", set()),
        ("the mother doesn't notice the water", {UNCONCERNED}),
        ("she's daydreaming", {UNCONCERNED}),
        ("the lady is oblivious to the sink overflowing", {OVERFLOWING, UNCONCERNED}),
        ("she's not watching the children", {INDIFFERENT}),
        ("the mother has her back to the kids", {INDIFFERENT}),
        ("she doesn't know what's going on behind her", {INDIFFERENT}),
        ("she is looking out the window", set()),
        ("i don't know what else", set()),
    ],
)
def test_actions(utterance: str, actions: set[str]) -> None:
    """Who does what: the right action, and no other."""
    assert actions == told(utterance) & ACTIONS


@pytest.mark.parametrize(
    ("utterance", "units"),
    [
        ("a lady at the sink", {"woman", "sink"}),
        ("two cups and a plate on the counter", {"dishes", "plate"}),
        ("the drapes and the garden outside the window", {"curtains", "exterior", "window"}),
        ("a dish towel", {"dishcloth"}),
        ("cupboards", {"cupboard"}),
        ("it's up in the cabinet", {"cupboard"}),
        ("that one is doing that over there", set()),
        ("", set()),
    ],
)
def test_people_places_and_things(utterance: str, units: set[str]) -> None:
    """Synonyms count, pronouns and empty words do not."""
    assert units == told(utterance)
