"""A folder with a table that R's write.csv2 wrote and, beside it, transcripts typed in Word or an editor.

Semicolons, decimal commas, row names, a header ``Subject ID``, and the label under ``Group``. Two centres typed the
ids: with a capital or without, with a non-breaking hyphen or a non-breaking space. One transcript of the table has not
been typed yet.
"""

from __future__ import annotations

import csv
from pathlib import Path

from facts import Facts
from files import write_lines, write_word
from speech import Person, draw_people

_HEADER = ("", "Subject ID", "Visit", "Transcript", "Group", "Age", "Sex", "Education", "MMSE")
_SPELLINGS = ("Nord-{:02d}", "NORD\u2011{:02d}", "nord-{:02d}", "Nord-{:02d}\u00a0")


def write(folder: Path, *, subjects: int, seed: int, first: int) -> Facts:
    """Write the folder; the facts leave out the transcript that is missing."""
    people = draw_people(subjects, seed=seed, first=first, diagnoses=("probable", "possible"))
    rows: list[list[str]] = []
    for person in people:
        for visit in range(1, person.visits + 1):
            rows.append([str(len(rows) + 1), *_row(person, visit)])
            _write_transcript(folder / rows[-1][3], person, visit)
    (folder / rows[-1][3]).unlink()
    with (folder / "study.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerows([_HEADER, *rows])
    read = [(row[4], int(row[3][len("transcripts/n") :].partition("_")[0]), row[1]) for row in rows[:-1]]
    return Facts.count(read, spellings=[spelling for _, _, spelling in read])


def _row(person: Person, visit: int) -> list[str]:
    about = person.subject
    spelling = _SPELLINGS[(person.number // 2 + 2 * (visit - 1)) % len(_SPELLINGS)].format(person.number)
    path = f"transcripts/n{person.number}_{visit}.{'docx' if person.number // 2 % 2 else 'txt'}"
    label = "control" if person.diagnosis == "control" else "dementia"
    age = f"{person.age(visit)},{person.number % 10}"
    return [spelling, str(visit), path, label, age, about.sex, f"{about.education},5", str(person.mmse(visit))]


def _write_transcript(path: Path, person: Person, visit: int) -> None:
    names = {"INV": "Interviewer", "PAR": "Participant"}
    lines = [f"{names[turn.who]}: {turn.text}" for turn in person.describe(visit) if turn.text]
    if path.suffix == ".docx":
        write_word(path, lines)
    else:
        write_lines(path, lines, ending="\r\n")
