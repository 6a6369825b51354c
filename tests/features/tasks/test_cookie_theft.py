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
    ("utterance", "actions"),
    [
        # What goes over is the water, the sink, or somebody on a stool.
        ("he's on the stool and it's going over", {FALLING}),
        ("he's on the edge and going over", {FALLING}),
        ("he's up there and it looks like he's going over", {FALLING}),
        ("she's at the sink and he's going over", {FALLING}),
        ("the sink is there and the stool's going over", {FALLING}),
        ("the stool is going over", {FALLING}),
        ("he's going over to the cupboard", set()),
        ("it's going over", set()),
        ("it's coming down", set()),
        ("it's falling out", set()),
        ("the water is going over the side", {OVERFLOWING}),
        ("the water's coming out onto the floor", {OVERFLOWING}),
        ("the sink's running over", {OVERFLOWING}),
        ("it's pouring over", {OVERFLOWING}),
        ("it's running out and the boy is laughing", {OVERFLOWING}),
        ("the water's running over and he's falling off the stool", {OVERFLOWING, FALLING}),
        ("she lets it spill everywhere", {OVERFLOWING}),
        ("the basin is full and all the water's coming over and then a stool's at the side", {OVERFLOWING}),
        ("the tap is on", set()),
        # Who falls.
        ("it's about to fall", {FALLING}),
        ("gonna break his neck", {FALLING}),
        ("falling off the stool", {FALLING}),
        ("the water's falling near the stool", set()),
        ("the dishes are going to fall", set()),
        ("that plate is about to fall", set()),
        ("the lid is going to fall", set()),
        ("it's going to slip my mind", set()),
        ("she's going to fall asleep", set()),
        # Who takes.
        ("he's after the cookies", {TAKING}),
        ("that one's after cookies", {TAKING}),
        ("taking cookies", {TAKING}),
        ("getting into the cookie jar", {TAKING}),
        ("they're stealing cookies", {TAKING}),
        ("the kids got into the jar", {TAKING}),
        ("hand in the jar", {TAKING}),
        ("her hand in the jar", set()),
        ("the jar has got cookies in it", set()),
        ("i get a cookie", set()),
        ("after that there's a cookie jar", set()),
        # What the girl does.
        ("she's laughing", {GIRL}),
        ("she's got her hand up for a cookie", {GIRL}),
        ("she wants a cookie", {GIRL}),
        ("the mother's at the sink and then she's waiting for one of the cookies", {GIRL}),
        ("the sister's telling him to be quiet", {GIRL}),
        ("the mother is laughing", set()),
        ("the mother and she isn't asking", set()),
        ("she's reaching for a plate", set()),
        ("he's asking", set()),
        # Who dries and washes.
        ("she does the dishes", {DRYING}),
        ("doing the dishes", {DRYING}),
        ("she's wiping", {DRYING}),
        ("busy with the dishes", {DRYING}),
        ("do you see the dishes", set()),
        ("what does the plate show", set()),
        ("he's not drying anything", set()),
        # Who does not notice the water.
        ("she doesn't see the water", {UNCONCERNED}),
        ("doesn't notice the sink", {UNCONCERNED}),
        ("her mind is on something else", {UNCONCERNED}),
        ("she's looking somewhere else", {UNCONCERNED}),
        ("daydreaming", {UNCONCERNED}),
        ("i can't see the sink", set()),
        ("i don't know what the water's doing", set()),
        ("you don't notice the floor", set()),
        ("he doesn't see the water", set()),
        ("is there something else", set()),
        ("i can't think of something else", set()),
        ("he's oblivious to the water", set()),
        # Who does not notice the children.
        ("she's ignoring them", {INDIFFERENT}),
        ("oblivious to the kids", {INDIFFERENT}),
        ("not noticing the children", {INDIFFERENT}),
        ("you can see the yard and that one doesn't notice the children", {INDIFFERENT}),
        ("the kids are at the cupboard behind her back", {INDIFFERENT}),
        ("she has her back to the kids", {INDIFFERENT}),
        ("her back is to the children", {INDIFFERENT}),
        ("the boy is daydreaming", set()),
        ("i don't see any children", set()),
        ("the girl has her back to the boy", set()),
        ("let's get back to the boy", set()),
        ("the boy doesn't see them", set()),
    ],
)
def test_pronouns_and_missing_subjects(utterance: str, actions: set[str]) -> None:
    """A pronoun, or no subject at all, fires a unit only where nobody else of the picture could be meant."""
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
        ("the boy in the kitchen", {"boy", "kitchen"}),
        ("his brother's on a footstool", {"boy", "stool"}),
        ("biscuits in a jar", {"cookie", "jar"}),
        ("that little lass", {"girl"}),
        ("the water in the basin", {"water", "sink"}),
        ("trees and a path", {"exterior"}),
        ("outside of the window", {"exterior", "window"}),
        ("outside of that nothing", set()),
        ("a dish cloth", {"dishcloth"}),
        ("that one is doing that over there", set()),
        ("", set()),
    ],
)
def test_people_places_and_things(utterance: str, units: set[str]) -> None:
    """Synonyms count, pronouns and empty words do not."""
    assert units == told(utterance)
