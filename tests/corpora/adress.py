"""A folder as the ADReSS challenge of 2020 has it (Luz et al.): train/transcription/{cc,cd} and test/transcription.

Age, gender and MMSE stand in ``cc_meta_data.txt`` and ``cd_meta_data.txt`` (``ID   ; age ; gender ; mmse``). The test
set's own table codes gender as 0 and 1, and its labels stand in a further file.
"""

from __future__ import annotations

from pathlib import Path

from facts import Facts
from files import write_chat, write_lines
from speech import Person, draw_people

TEST_SHARE = 3  # every third pair of a control and a case


def write(folder: Path, *, subjects: int, seed: int, first: int) -> Facts:
    """Write the folder; the facts are those of both parts."""
    people = draw_people(subjects, seed=seed, first=first, diagnoses=("probable",), most_visits=1)
    test = [person for place, person in enumerate(people) if place // 2 % TEST_SHARE == TEST_SHARE - 1]
    train = [person for person in people if person not in test]
    for group, diagnosis in (("cc", "control"), ("cd", "probable")):
        own = [person for person in train if person.diagnosis == diagnosis]
        for person in own:
            _write_chat(folder / "train" / "transcription" / group, person)
        lines = [f"{_name(p)} ; {p.age(1)} ; {p.subject.sex} ; {_mmse(p)}" for p in own]
        write_lines(folder / "train" / f"{group}_meta_data.txt", ["ID   ; age ; gender ; mmse", *lines])
    for person in test:
        _write_chat(folder / "test" / "transcription", person)
    about = [f"{_name(p)} ; {p.age(1)} ; {'01'[p.subject.sex == 'female']} ; {_mmse(p)}" for p in test]
    write_lines(folder / "test" / "meta_data.txt", ["ID   ; age ; gender ; mmse", *about])
    labels = [f"{_name(p)} ; {'01'[p.diagnosis != 'control']}" for p in test]
    write_lines(folder / "test" / "test_labels.txt", ["ID   ; Label", *labels])
    rows = [("control" if p.diagnosis == "control" else "dementia", p.number, _name(p)) for p in people]
    return Facts.count(rows, spellings=[spelling for _, _, spelling in rows])


def _name(person: Person) -> str:
    return f"S{person.number:03d}"


def _mmse(person: Person) -> str:
    return "NA" if person.number % 7 == 0 else str(person.mmse(1))


def _write_chat(folder: Path, person: Person) -> None:
    participant = "eng|Pitt|PAR|||||Participant|||"
    write_chat(folder / f"{_name(person)}.cha", person.describe(1), participant=participant)
