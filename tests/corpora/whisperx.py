"""A folder of WhisperX's output (--diarize --output_format all): LABEL/SUBJECT_VISIT in json, srt, tsv, txt and vtt.

Who speaks is SPEAKER_00 or SPEAKER_01, in no fixed order. Names of files were typed on two systems, so that one
person's visits differ in Unicode form or case. Age, sex and scores stand in a table of their own.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

from facts import Facts
from files import write_lines
from speech import Person, draw_people

_NAMES = ("Zoé", "Ömer", "Noël", "Søren", "Inés", "Łucja")
_SECONDS = 0.4  # a word


def write(folder: Path, *, subjects: int, seed: int, first: int) -> Facts:
    """Write the folder, and ``clinical.csv`` in it."""
    people = draw_people(subjects, seed=seed, first=first, diagnoses=("probable", "possible"))
    rows, spellings = [], []
    for person in people:
        label = "control" if person.diagnosis == "control" else "dementia"
        for visit in range(1, person.visits + 1):
            spelling = _spell(person, visit)
            _write_formats(folder / label / f"{spelling}_{visit}", _segments(person, visit))
            rows.append((label, person.number, spelling))
            spellings.append(spelling)
    header = "participant,age,sex,education,mmse"
    known = [f"{_name(p)},{p.age(1)},{p.subject.sex},{p.subject.education},{p.mmse(1)}" for p in people]
    write_lines(folder / "clinical.csv", [header, *known])
    return Facts.count(rows, spellings=spellings)


def _name(person: Person) -> str:
    return f"{_NAMES[person.number // 2 % len(_NAMES)]}{person.number:02d}"


def _spell(person: Person, visit: int) -> str:
    """Return how the file of a visit writes the name; a Mac wrote those of second visits."""
    if visit == 1:
        return _name(person)
    decomposed = unicodedata.normalize("NFD", _name(person))
    return decomposed.lower() if person.number // 2 % 2 else decomposed


Segment = dict[str, object]


def _segments(person: Person, visit: int) -> list[Segment]:
    """Return the segments, each of one speaker, with the times of its words; digits would have none."""
    first = "SPEAKER_00" if (person.number // 2 + visit) % 2 else "SPEAKER_01"
    names = {"INV": first, "PAR": "SPEAKER_01" if first == "SPEAKER_00" else "SPEAKER_00"}
    clock, segments = 0.5, []
    for turn in person.describe(visit):
        said, speaker, start = turn.text.split(), names[turn.who], clock
        words = []
        for word in said:
            words.append(
                {"word": word, "start": _at(clock), "end": _at(clock + 0.3), "score": 0.87, "speaker": speaker}
            )
            clock += _SECONDS
        if said:
            text = " ".join(said)
            text = text[0].upper() + text[1:]
            segments.append({"start": _at(start), "end": _at(clock), "text": text, "words": words, "speaker": speaker})
        clock += 0.6
    return segments


def _at(seconds: float) -> float:
    return round(seconds, 3)


def _write_formats(stem: Path, segments: list[Segment]) -> None:
    words = [word for segment in segments for word in segment["words"]]  # type: ignore[attr-defined]
    whole = {"segments": segments, "word_segments": words, "language": "en"}
    write_lines(_beside(stem, "json"), [json.dumps(whole, ensure_ascii=False)])
    write_lines(_beside(stem, "txt"), [f"[{one['speaker']}]: {one['text']}" for one in segments])
    cells = [f"{_ms(one['start'])}\t{_ms(one['end'])}\t{one['text']}" for one in segments]
    write_lines(_beside(stem, "tsv"), ["start\tend\ttext", *cells])
    cues = [(f"{_clock(one, 'srt')}", f"[{one['speaker']}]: {one['text']}") for one in segments]
    srt = [line for number, (times, text) in enumerate(cues, start=1) for line in (str(number), times, text, "")]
    write_lines(_beside(stem, "srt"), srt)
    vtt = [line for one in segments for line in (_clock(one, "vtt"), f"[{one['speaker']}]: {one['text']}", "")]
    write_lines(_beside(stem, "vtt"), ["WEBVTT", "", *vtt])


def _beside(stem: Path, ending: str) -> Path:
    return stem.with_name(f"{stem.name}.{ending}")


def _ms(seconds: object) -> int:
    return round(1000 * float(str(seconds)))


def _clock(segment: Segment, kind: str) -> str:
    """Return the times of a cue: minutes and a point in VTT, hours and a comma in SRT."""
    times = [divmod(_ms(segment[name]), 60_000) for name in ("start", "end")]
    written = [f"{minutes:02d}:{rest / 1000:06.3f}" for minutes, rest in times]
    return " --> ".join(one if kind == "vtt" else f"00:{one.replace('.', ',')}" for one in written)
