"""Task files."""

from __future__ import annotations

from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.features.tasks import Task, bundled_tasks, find_task, parse_task, read_task

TEXT = """\
name = "park"
aliases = ["The Park", "park scene"]
reference = ["A dog runs.", "It's in the park."]
actors = "@dog"

[words]
dog = "dog dogs"
runner = "@dog jogger"

[[units]]
name = "dog"
category = "subject"
patterns = ["@dog"]

[[units]]
name = "running"
category = "action"
patterns = ["@runner > +run*"]
"""


def park() -> Task:
    """Return the task of the text above."""
    return parse_task(TEXT, where="park.toml")


def test_what_a_file_says() -> None:
    """Names, the reference as lower-case words, sets that name others, and units in order."""
    task = park()
    assert ("park", ("The Park", "park scene")) == (task.name, task.aliases)
    assert (("a", "dog", "runs"), ("it's", "in", "the", "park")) == task.reference
    assert [("dog", "subject"), ("running", "action")] == [(unit.name, unit.category) for unit in task.units]
    assert 1 == task.units[1].patterns[0].find("the jogger runs".split(), actors=task.actors)


def test_the_definition_makes_the_same_task_again() -> None:
    """A model keeps the text; the digest is that of the text, whatever ends its lines."""
    task = park()
    assert task == parse_task(task.definition, where="model")
    assert task.digest == parse_task(TEXT.replace("\n", "\r\n"), where="park.toml").digest
    assert task.digest != parse_task(TEXT.replace("park", "wood"), where="park.toml").digest


@pytest.mark.parametrize("name", ["park", "Park", "the_park", "PARK-SCENE", "park scene"])
def test_a_task_goes_by_any_of_its_names(name: str) -> None:
    """Case, spaces and punctuation do not count."""
    assert find_task(name, [*bundled_tasks(), park()]) == park()


@pytest.mark.parametrize(
    "name", ["cookie", "Cookie", "cookie theft", "Cookie_Theft", "cookie-theft", "Cookie Theft picture"]
)
def test_the_cookie_theft_picture_is_known(name: str) -> None:
    """The names that corpora use for it."""
    task = find_task(name, bundled_tasks())
    assert task is not None
    assert "cookie_theft" == task.name


@pytest.mark.parametrize("name", [None, "", "parks", "_"])
def test_an_unknown_task_is_none(name: str | None) -> None:
    """No name, or a name that no file has, finds nothing."""
    assert find_task(name, [*bundled_tasks(), park()]) is None


def test_an_earlier_file_goes_first() -> None:
    """A user's file of a shipped name takes its place."""
    own = parse_task(TEXT.replace('"park"', '"cookie"'), where="mine.toml")
    assert own == find_task("cookie", [own, *bundled_tasks()])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("name =", "name"), "Expected"),
        (('name = "park"\n', ""), "no field 'name'"),
        (('name = "park"', 'name = "."'), "the name has no letter"),
        (('"park"', "3"), "wrong type"),
        (("aliases", "alias"), "unknown field 'alias'"),
        (('category = "subject"', 'category = "colour"'), "unit 'dog': the category is none of"),
        (('patterns = ["@dog"]', 'patterns = "@dog"'), "unit 'dog': patterns is not a list"),
        (('patterns = ["@dog"]', "patterns = []"), "unit 'dog': patterns is not a list"),
        (('patterns = ["@dog"]', 'pattern = ["@dog"]'), "unit 'dog': unknown field"),
        (('"running"', '"dog"'), "two units are named dog"),
        (("@runner >", "@cat >"), "unit 'running': '@cat' names a set"),
        (('"dog dogs"', '"!dog"'), "a sign belongs in a pattern"),
        (('"@dog jogger"', '"@later"'), "names a set"),
    ],
)
def test_a_faulty_file_says_what_is_wrong(change: tuple[str, str], fault: str) -> None:
    """One line that names the file and the fault."""
    assert change[0] in TEXT
    with pytest.raises(InputError, match=fault) as caught:
        parse_task(TEXT.replace(*change), where="park.toml")
    assert str(caught.value).startswith("park.toml: ")
    assert "\n" not in str(caught.value)


def test_a_file_without_units_is_refused() -> None:
    """A task tells at least one unit."""
    with pytest.raises(InputError, match="no field 'units'"):
        parse_task('name = "park"', where="park.toml")


def test_files_are_read_from_disk(tmp_path: Path) -> None:
    """A file, with or without a byte order mark; one that is missing or not UTF-8 is an error."""
    (tmp_path / "park.toml").write_text("\ufeff" + TEXT, encoding="utf-8")
    assert park() == read_task(tmp_path / "park.toml")
    (tmp_path / "park.toml").write_bytes(b"\xff\xfe")
    for name in ("park.toml", "none.toml"):
        with pytest.raises(InputError, match="cannot be read as a task file"):
            read_task(tmp_path / name)
