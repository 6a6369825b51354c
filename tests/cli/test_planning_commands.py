"""`adscreen power` answers with tables or with the very plan of the library, and refuses what cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from adscreen import plan_sample_size

EXPECTED = ("--auc", "0.8", "--prevalence", "0.5", "--parameters", "5")


def test_the_json_is_the_plan_of_the_library(run: Callable[..., Any]) -> None:
    """Every assumption, criterion and expected figure is there, with both numbers of subjects that were asked for."""
    done = run("power", *EXPECTED, "--visits", "2", "--icc", "0.6", "--subjects", "80,240", "--json")
    plan = plan_sample_size(auc=0.8, prevalence=0.5, parameters=5, visits=2, icc=0.6, subjects=(80, 240))
    assert (0, "") == (done.status, done.err)
    assert json.loads(json.dumps(asdict(plan))) == json.loads(done.out)


def test_the_tables_name_criteria_and_intervals(run: Callable[..., Any]) -> None:
    """People read the AUC that an R2 means, every criterion with its subjects, and both intervals of each number."""
    done = run("power", "--r2", "0.288", "--prevalence", "0.174", "--parameters", "24", "--subjects", "662")
    assert 0 == done.status
    cells = [line.split() for line in done.out.splitlines()]
    (row,) = [line for line in cells if line[:2] == ["development", "optimism"]]
    assert ["662", "662", "116"] == row[-3:]
    (found,) = [line for line in cells if line[:2] == ["662", "662"]]
    assert 2 == found.count("to")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--auc", "1.2"), "--auc: must lie between 0.5 and 1, not 1.2"),
        (("--r2", "0.2"), "--auc: and an R2 are both given; give the expected AUC, or with --r2 the expected R2"),
        (("--icc", "2"), "--icc: must lie between 0 and 1, not 2"),
        (("--subjects", "many"), "--subjects: 'many' is not a list of whole numbers"),
        (("--auc-width", "0"), "--auc-width: must be above 0, not 0"),
    ],
)
def test_a_wrong_value_is_one_line(run: Callable[..., Any], arguments: tuple[str, ...], message: str) -> None:
    """The option is named, with what it may be."""
    done = run("power", *EXPECTED, *arguments)
    assert (2, "") == (done.status, done.out)
    assert 1 == len(done.err.splitlines())
    assert message in done.err
