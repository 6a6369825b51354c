"""A folder as the Pitt corpus of DementiaBank has it (Becker et al. 1994): GROUP/TASK/SUBJECT-VISIT.cha.

The field of education in ``@ID`` holds the MMSE score, that of group the diagnosis. Five diagnoses stand under
Dementia. Word fluency and sentence construction were given to Dementia alone. ``clinical.xlsx`` begins with a sheet of
remarks, lacks a subject of the folder and has one who is not in it.
"""

from __future__ import annotations

import random
from pathlib import Path

from facts import Facts
from files import add_times, write_chat, write_workbook
from speech import Person, Turn, draw_people

DIAGNOSES = ("probable", "probable", "possible", "probable", "mci", "probable", "vascular")
GROUPS = {
    "control": "Control",
    "mci": "MCI",
    "possible": "PossibleAD",
    "probable": "ProbableAD",
    "vascular": "Vascular",
}
STUDIED = ("control", "possible", "probable")
_ANIMALS = "dog cat horse cow lion tiger elephant mouse sheep goat pig hen duck bear wolf fox deer rabbit".split()


def write(folder: Path, *, subjects: int, seed: int, first: int) -> Facts:
    """Write the folder; the facts are those of the Cookie Theft picture, controls and Alzheimer's disease alone."""
    people = draw_people(subjects, seed=seed, first=100 + first, diagnoses=DIAGNOSES)
    for person in people:
        for visit in range(1, person.visits + 1):
            _write_visit(folder, person, visit)
    write_workbook(folder / "clinical.xlsx", {"Read me": _REMARKS, "Demographics": list(_demographics(people))})
    rows = [
        ("control" if person.diagnosis == "control" else "dementia", person.number, str(person.number))
        for person in people
        if person.diagnosis in STUDIED
        for _ in range(person.visits)
    ]
    return Facts.count(rows, spellings=[spelling for _, _, spelling in rows])


def _write_visit(folder: Path, person: Person, visit: int) -> None:
    control = person.diagnosis == "control"
    rng = random.Random(f"{person.seed} {person.number} {visit}")
    mmse = "" if rng.random() < 0.1 else person.mmse(visit)
    months = rng.randrange(12)
    about = f"{person.age(visit)};{months:02d}.|{person.subject.sex}|{GROUPS[person.diagnosis]}"
    for task in ("cookie", "recall") if control else ("cookie", "fluency", "recall", "sentence"):
        name = f"{person.number}-{visit - 1}"
        write_chat(
            folder / ("Control" if control else "Dementia") / task / f"{name}.cha",
            add_times(_speak(person, visit, task, rng)),
            participant=f"eng|Pitt|PAR|{about}||Participant|{mmse}||",
            headers=[f"@Media:\t{name}, audio"],
        )


def _speak(person: Person, visit: int, task: str, rng: random.Random) -> list[Turn]:
    turns = person.describe(visit)
    if task == "cookie":
        return turns
    if task == "fluency":
        animals = rng.sample(_ANIMALS, 9)
        return [Turn("INV", "tell me all the animals you can think of ."), Turn("PAR", f"{' '.join(animals)} .")]
    own = [turn for turn in turns if turn.who == "PAR"]
    asked = "tell me the story again ." if task == "recall" else "make a sentence with the word chair ."
    return [Turn("INV", asked), *own[: 4 if task == "recall" else 2]]


_REMARKS = (("Clinical data, SYNTHETIC",), ("apoe4 is the number of e4 alleles",), ("9 in cdr: not assessed",))


def _demographics(people: list[Person]) -> list[tuple[object, ...]]:
    """Return one row a subject, without the second one, and with a subject who has no recording."""
    known = [person for place, person in enumerate(people) if place != 1]
    rows: list[tuple[object, ...]] = [("id", "education", "apoe4", "cdr")]
    for person in known:
        rows.append((person.number, person.subject.education, person.number % 3, 0.5 if person.subject.illness else 0))
    return [*rows, (99, 12, 0, 9)]
