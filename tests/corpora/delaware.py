"""A folder as the Delaware corpus of DementiaBank has it (Lanzi et al. 2023): MCI/ and Control/, several tasks a file.

One CHAT file is one session: the Cookie Theft picture and three other tasks, each a gem (``@G``). The workbook has a
code book first, the participants on its second sheet, and headers as people write them.
"""

from __future__ import annotations

from pathlib import Path

from facts import Facts
from files import write_chat, write_workbook
from speech import Person, Turn, draw_people

SANDWICH = ("first you take two slices of bread .", "then the peanut butter goes on it .", "and you cut it in half .")
HOMETOWN = ("well I grew up in a small town by the river .", "we walked to school every day .")
_CODES = (("Variable", "Meaning"), ("MoCA", "Montreal Cognitive Assessment, 0 to 30"), ("BDI", "mood, 0 to 63"))


def write(folder: Path, *, subjects: int, seed: int, first: int) -> Facts:
    """Write the folder; the facts are those of the picture description, one a subject."""
    people = draw_people(subjects, seed=seed, first=first, diagnoses=("mci", "possible"), most_visits=1)
    for person in people:
        about = f"{person.age(1)};|{person.subject.sex}|{_group(person)}"
        write_chat(
            folder / _group(person) / f"{_name(person)}-1.cha",
            _session(person),
            participant=f"eng|Delaware|PAR|{about}||Participant|{person.subject.education}||",
            headers=[f"@Media:\t{_name(person)}-1, video"],
        )
    write_workbook(folder / "Delaware metadata.xlsx", {"Codes": _CODES, "Participants": _participants(people)})
    rows = [(_group(person), person.number, _name(person)) for person in people]
    return Facts.count(rows, spellings=[spelling for _, _, spelling in rows])


def _group(person: Person) -> str:
    return "Control" if person.diagnosis == "control" else "MCI"


def _name(person: Person) -> str:
    return f"D{person.number:03d}"


def _session(person: Person) -> list[Turn | str]:
    turns: list[Turn | str] = [Turn("INV", "are you ready to begin ?"), Turn("PAR", "yes .")]
    turns += ["@G:\tCookie_Theft", *person.describe(1)]
    turns += ["@G:\tCat_Rescue", Turn("PAR", "a cat sits up in the tree and a man went up after it .")]
    turns += ["@G:\tHometown", *(Turn("PAR", line) for line in HOMETOWN)]
    return [*turns, "@G:\tSandwich", *(Turn("PAR", line) for line in SANDWICH)]


def _participants(people: list[Person]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [("Participant ID", "Age", "Sex", "Education", "MoCA", "BDI")]
    for person in people:
        about = person.subject
        moca = max(10, 27 - round(6 * about.illness))
        rows.append((_name(person), person.age(1), about.sex, about.education, moca, person.number % 9))
    return rows
