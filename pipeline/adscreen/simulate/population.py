"""Numbers and a seed -> a synthetic cohort: recordings in CHAT and their manifest, for demonstrations and tests.

Nothing here comes from a patient. The shape follows clinical picture-description corpora: two groups alike in age, sex,
education and site, repeated visits by most subjects, recordings of about 115 words.
"""

from __future__ import annotations

import csv
import random
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from adscreen.errors import InputError
from adscreen.simulate.interview import Turn, interview
from adscreen.simulate.narration import describe_picture
from adscreen.simulate.speaker import draw_speaker
from adscreen.writing import is_vacant

MOST_SUBJECTS, MOST_VISITS, MOST_EFFECT = 9999, 20, 3.0
_MISSES_LAST_VISIT = 0.2
_ILLNESS_MEAN, _ILLNESS_SD, _ILLNESS_PER_VISIT = 1.0, 0.35, 0.1
_SITES = ("North", "South", "East")


@dataclass(frozen=True, slots=True)
class Subject:
    """One simulated participant.

    ``age`` is that at the first visit; ``illness`` is 0 for a control and about 1 for a case.
    """

    subject_id: str
    label: Literal["control", "case"]
    age: int
    sex: Literal["female", "male"]
    education: int
    site: str
    illness: float
    visits: int


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One row of the cohort manifest. Ages and education are in years."""

    subject_id: str
    visit: int
    transcript: str
    label: str
    age: int
    sex: str
    education: int
    mmse: int
    site: str
    task: str = "cookie"
    language: str = "eng"
    note: str = "SYNTHETIC"


@dataclass(frozen=True, slots=True)
class SyntheticRecording:
    """A manifest row and the text of its CHAT file."""

    row: ManifestRow
    chat: str


def simulate_cohort(
    folder: Path,
    *,
    subjects: int = 40,
    visits: int = 2,
    seed: int = 0,
    effect: float = 1.0,
    interviewer: bool = True,
) -> Path:
    """Write ``manifest.csv`` and ``transcripts/<subject>-<visit>.cha`` into a new folder; return the manifest's path.

    The folder appears whole or not at all. See ``simulate_recordings`` for the options.

    Raises:
        InputError: the folder exists and is not empty, cannot be written, or a number is out of range.
    """
    recordings = simulate_recordings(
        subjects=subjects, visits=visits, seed=seed, effect=effect, interviewer=interviewer
    )
    if not is_vacant(folder):
        raise InputError("exists and is not an empty folder", where=str(folder), remedy="name a new folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".simulate-") as temporary:
            _write(Path(temporary) / "cohort", recordings)
            if folder.exists():
                folder.rmdir()
            (Path(temporary) / "cohort").rename(folder)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", where=str(folder), remedy="name a folder that can be made"
        ) from error
    return folder / "manifest.csv"


def simulate_recordings(
    *,
    subjects: int = 40,
    visits: int = 2,
    seed: int = 0,
    effect: float = 1.0,
    interviewer: bool = True,
) -> Iterator[SyntheticRecording]:
    """Return the recordings of a cohort, one at a time, in manifest order.

    Subjects come in pairs of a control and a case of like age, sex, education and site, in random order; about a fifth
    of the subjects miss the last of several visits. ``effect`` scales how far illness alters speech: at 0 the text says
    nothing of the label. ``interviewer`` adds an investigator's turns. A recording depends on the seed and on its
    subject's number only, so a larger cohort begins with the smaller one.

    Raises:
        InputError: a number is out of range.
    """
    _require("subjects", subjects, 2, MOST_SUBJECTS)
    _require("visits", visits, 1, MOST_VISITS)
    _require("seed", seed, 0, 2**63 - 1)
    _require("effect", effect, 0.0, MOST_EFFECT)
    return (
        simulate_recording(subject, visit=visit, seed=seed, effect=effect, interviewer=interviewer)
        for number in range(1, subjects + 1)
        for subject in [draw_subject(number, visits=visits, seed=seed)]
        for visit in range(1, subject.visits + 1)
    )


def _require(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # so written that nan is refused
        raise InputError(f"{value} is out of range", where=f"{name}=", remedy=f"give a number from {low} to {high}")


def draw_subject(number: int, *, visits: int, seed: int) -> Subject:
    """Draw subject ``number`` (from 1) of the cohort of this seed."""
    pair, place = divmod(number - 1, 2)
    shared = random.Random(f"{seed} pair {pair}")
    case_first, sex = shared.random() < 0.5, shared.choices(("female", "male"), (0.6, 0.4))[0]
    age, education, site = shared.gauss(68.0, 7.0), shared.gauss(13.0, 2.5), shared.choice(_SITES)
    own = random.Random(f"{seed} subject {number}")
    case = case_first == (place == 0)
    illness = max(0.2, own.gauss(_ILLNESS_MEAN, _ILLNESS_SD))
    misses = visits > 1 and own.random() < _MISSES_LAST_VISIT
    return Subject(
        subject_id=f"SYN{number:04d}",
        label="case" if case else "control",
        age=round(min(max(age + own.gauss(0.0, 2.0), 50), 89)),
        sex="female" if sex == "female" else "male",
        education=round(min(max(education + own.gauss(0.0, 1.0), 6), 20)),
        site=site,
        illness=illness if case else 0.0,
        visits=visits - misses,
    )


def simulate_recording(
    subject: Subject, *, visit: int, seed: int, effect: float, interviewer: bool = True
) -> SyntheticRecording:
    """Return one recording. Visits are a year apart; illness grows a little from each to the next."""
    key = f"{seed} {subject.subject_id}"
    illness = subject.illness + _ILLNESS_PER_VISIT * (visit - 1) if subject.label == "case" else 0.0
    speaker = draw_speaker(key)
    rng = random.Random(f"{key} visit {visit}")
    severity = speaker.trait + effect * illness + rng.gauss(0.0, 0.2)
    lines = describe_picture(speaker, severity=severity, rng=rng)
    row = ManifestRow(
        subject_id=subject.subject_id,
        visit=visit,
        transcript=f"transcripts/{subject.subject_id}-{visit}.cha",
        label=subject.label,
        age=subject.age + visit - 1,
        sex=subject.sex,
        education=subject.education,
        mmse=_draw_mmse(illness, random.Random(f"{key} mmse {visit}")),
        site=subject.site,
    )
    turns = interview(lines, rng=random.Random(f"{key} interview {visit}")) if interviewer else _alone(lines)
    return SyntheticRecording(row, format_chat(row, turns))


def _alone(lines: list[str]) -> list[Turn]:
    return [Turn("PAR", line) for line in lines]


def _draw_mmse(illness: float, rng: random.Random) -> int:
    """Return a Mini-Mental State score: 28 to 30 for a control, about N(20, 4) and falling with illness for a case.

    It follows illness, not how the speech came out, so that at effect 0 it says nothing of the text.
    """
    if not illness:
        return rng.choice((28, 29, 29, 30, 30))
    score = 20.0 - 3.7 * (illness - _ILLNESS_MEAN) / _ILLNESS_SD + rng.gauss(0.0, 1.5)
    return round(min(max(score, 3), 28))


def format_chat(row: ManifestRow, turns: list[Turn]) -> str:
    """Return a CHAT file. The participant's @ID holds age, sex, group, education and, as custom field, the MMSE."""
    roles = {"PAR": "Participant", "INV": "Investigator"}
    present = [code for code in roles if any(turn.code == code for turn in turns)]
    about = {"PAR": f"{row.age};|{row.sex}|{row.label.capitalize()}", "INV": "||"}
    tail = {"PAR": f"{row.education}|{row.mmse}|", "INV": "||"}
    headers = [
        "@UTF8",
        "@Begin",
        "@Languages:\teng",
        f"@Participants:\t{', '.join(f'{code} {roles[code]}' for code in present)}",
        *(f"@ID:\teng|SYNTHETIC|{code}|{about[code]}||{roles[code]}|{tail[code]}" for code in present),
        "@Comment:\tSYNTHETIC. Made by adscreen; nobody said this.",
        f"@G:\t{row.task}",
    ]
    return "\n".join([*headers, *(f"*{turn.code}:\t{turn.line}" for turn in turns), "@End", ""])


def _write(folder: Path, recordings: Iterator[SyntheticRecording]) -> None:
    (folder / "transcripts").mkdir(parents=True)
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as stream:
        columns = [field.name for field in fields(ManifestRow)]
        writer = csv.DictWriter(stream, fieldnames=columns, lineterminator="\n")
        writer.writeheader()
        for recording in recordings:
            writer.writerow(asdict(recording.row))
            (folder / recording.row.transcript).write_bytes(recording.chat.encode())
