"""A folder with one export of a longitudinal REDCap project: a row per record and event, raw codes, and free text.

Sex is coded 1 and 2, a missing age or MMSE score is -99, and the words of the picture description are typed into a
field of several lines. Sex and education are on the form of the first event alone. Who missed the second event has a
row of it without words. One subject changes from HC to MCI between the events.
"""

from __future__ import annotations

import csv
from pathlib import Path

from facts import Facts
from speech import Person, draw_people

DIAGNOSES = ("mci", "probable")
CODES = {"control": "HC", "mci": "MCI", "probable": "AD"}
EVENTS = ("baseline_arm_1", "followup_arm_1")


def write(folder: Path, *, subjects: int, seed: int, first: int) -> Facts:
    """Write the export; the facts group MCI and AD as ``impaired``, by the diagnosis at each event."""
    people = draw_people(subjects, seed=seed, first=first, diagnoses=DIAGNOSES)
    rows = [_row(person, visit, converts=person is people[2]) for person in people for visit in (1, 2)]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "export.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]), quoting=csv.QUOTE_NONNUMERIC)
        writer.writeheader()
        writer.writerows(rows)
    spoken = [row for row in rows if row["cookie_text"]]
    counted = [("HC" if row["dx"] == "HC" else "impaired", int(str(row["record_id"])), "") for row in spoken]
    return Facts.count(counted, spellings=[str(row["record_id"]) for row in spoken])


def _row(person: Person, visit: int, *, converts: bool) -> dict[str, object]:
    """Return a row of the export; who converts is HC at the first visit and MCI at the second."""
    group = ("north", "south")[person.number // 2 % 2]
    event = {"record_id": person.number, "redcap_event_name": EVENTS[visit - 1], "redcap_data_access_group": group}
    if visit > person.visits:
        missed = dict.fromkeys(("dx", "age", "sex", "education", "mmse", "cookie_text"), "")
        return event | missed | {"cookie_complete": 0}
    form = {"sex": 1 if person.subject.sex == "male" else 2, "education": person.subject.education}
    return (
        event
        | {
            "dx": "MCI" if converts and visit > 1 else CODES[person.diagnosis],
            "age": -99 if person.number % 5 == 0 else person.age(visit),
        }
        | (form if visit == 1 else dict.fromkeys(form, ""))
        | {
            "mmse": -99 if person.number % 7 == 0 else person.mmse(visit),
            "cookie_text": "\n".join(turn.text for turn in person.describe(visit) if turn.who == "PAR"),
            "cookie_complete": 2,
        }
    )
