"""What a run holds -> the TRIPOD+AI checklist: which items the page answers, where, and which a person must."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from importlib.resources import files

from adscreen.report.evaluation.contents import ChecklistItem


def fill_checklist(held: Collection[str], *, validation: bool = False) -> tuple[ChecklistItem, ...]:
    """Return every item; one that needs what is not in ``held`` (site, subgroups, ...) is left to a person.

    Some have another note (``frozen``) where a frozen model was validated.
    """
    content = tomllib.loads(files("adscreen.report.evaluation").joinpath("tripod.toml").read_text(encoding="utf-8"))
    return tuple(
        _item(one | ({"note": one["frozen"]} if validation and "frozen" in one else {}), held)
        for one in content["item"]
    )


def _item(one: dict[str, str], held: Collection[str]) -> ChecklistItem:
    answers = "needs" not in one or one["needs"] in held
    return ChecklistItem(
        item=one["item"],
        section=one["section"],
        topic=one["topic"],
        answered=one["answered"] if answers else "person",  # type: ignore[arg-type]
        anchor=one.get("anchor", "") if answers else "",
        note=one["note"] if answers else f"The run holds nothing on it ({one['needs']}).",
    )
