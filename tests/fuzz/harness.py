"""Any bytes -> what is wrong with how they were read: nothing, where `read_transcript` keeps its promises.

To fuzz a further format, write one file seeds/NAME/ANYTHING in its shape, with MARKER among what is said, and add one
line to READERS. A seed of an office document is its main XML part.
"""

from __future__ import annotations

import json
import math
import re
import signal
import time
import traceback
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from mutators import Mutator, mutate_json, mutate_lines, mutate_office, mutate_xml, pack, split_words

from adscreen.errors import InputError
from adscreen.ingest import read_transcript
from adscreen.ingest.transcript_json import dump_transcript, transcript_from_json
from adscreen.records import Transcript, Utterance

FOLDER = Path(__file__).resolve().parent
SEEDS, CORPUS = FOLDER / "seeds", FOLDER / "corpus"
MARKER = "zebrafinch"  # stands in the speech of every seed, and may stand in no message

READERS: dict[str, Mutator] = {
    "chat": mutate_lines,
    "chat_gems": mutate_lines,  # read with the task TASK
    "text": mutate_lines,
    "text_pauses": mutate_lines,
    "otter": mutate_lines,
    "rev": mutate_lines,
    "zoom": mutate_lines,
    "teams": mutate_lines,
    "bare_labels": mutate_lines,
    "bracket_labels": mutate_lines,
    "f4": mutate_lines,
    "time_codes": mutate_lines,
    "salt": mutate_lines,
    "vtt": mutate_lines,
    "youtube": mutate_lines,
    "srt": mutate_lines,
    "sbv": mutate_lines,
    "elan": mutate_xml,
    "exmaralda": mutate_xml,
    "transcriber": mutate_xml,
    "textgrid": mutate_lines,
    "textgrid_chronological": mutate_lines,
    "whisper": mutate_json,
    "whisper_timestamped": mutate_json,
    "whisperx": mutate_json,
    "whisper_cpp": mutate_json,
    "huggingface": mutate_json,
    "aws": mutate_json,
    "aws_call": mutate_json,
    "google": mutate_json,
    "deepgram": mutate_json,
    "assemblyai": mutate_json,
    "elevenlabs": mutate_json,
    "watson": mutate_json,
    "azure": mutate_json,
    "nemo": mutate_json,
    "revai": mutate_json,
    "speechmatics": mutate_json,
    "json_segments": mutate_json,
    "transcripts": mutate_json,
    "table": mutate_lines,
    "whisper_tsv": mutate_lines,
    "nvivo": mutate_lines,
    "ctm": mutate_lines,
    "stm": mutate_lines,
    "rttm": mutate_lines,
    "audacity": mutate_lines,
    "aud": mutate_lines,
    "excel": mutate_office,
    "docx": mutate_office,
}
TASK = {"chat_gems": "cookie"}

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument."
# What an office document needs beside its main part: reader -> (main part, its content type, further parts).
_OFFICE = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml", {}),
    "excel": (
        "xl/worksheets/sheet1.xml",
        "spreadsheetml.worksheet+xml",
        {
            "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            f'xmlns:r="{_RELATIONS}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        },
    ),
}
# Error lines list speakers, columns and gems by name, which mutations may turn the marker into.
_NAMES = re.compile(
    r"(?:words per speaker|may be the participant|columns? found|two columns are called|the file marks|its field"
    r"|columns that hold words|tiers not read).*"
)


@dataclass(frozen=True)
class Reading:
    """What became of an input: whether it was read (or refused), the promises broken, and the time of one reading."""

    read: bool
    faults: tuple[str, ...]
    seconds: float


class _TooLong(BaseException):
    """Raised in a reader at its time limit; no reader catches it."""


def load_seeds(reader: str) -> list[bytes]:
    """Return the seeds of a reader as files of its format."""
    return [_as_file(reader, path.read_bytes()) for path in sorted((SEEDS / reader).iterdir())]


def load_words(reader: str) -> list[str]:
    """Return the words that occur in the seeds of a reader."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((SEEDS / reader).iterdir())]
    return split_words("\n".join(texts))


def probe(reader: str, content: bytes, *, limit: float = 2.0) -> Reading:
    """Read ``content`` as a file, twice, and check what every transcript and every error must hold.

    Nothing but InputError is raised; no reading takes more than ``limit`` seconds of CPU time; the rest is `_faults`.
    """
    started = time.perf_counter()
    try:
        with _limited(limit):
            first = _read(reader, content)
        seconds = time.perf_counter() - started
        again = _read(reader, content)
        faults = [*_faults(first)] if isinstance(first, Transcript) else [*_faults_of_error(first)]
        if str(first) != str(again):
            faults.append("two readings differ")
    except _TooLong:
        return Reading(False, ("hang",), time.perf_counter() - started)
    except Exception as error:  # whatever a reader raises is what is looked for
        return Reading(False, (_name(error),), time.perf_counter() - started)
    return Reading(isinstance(first, Transcript), tuple(dict.fromkeys(faults)), seconds)


def _as_file(reader: str, content: bytes) -> bytes:
    if reader not in _OFFICE:
        return content
    main, kind, parts = _OFFICE[reader]
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{main}" ContentType="{_TYPES}{kind}"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}spreadsheetml.sheet.main+xml"/></Types>'
    )
    target = "xl/workbook.xml" if "xl/workbook.xml" in parts else main
    roots = (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" '
        f'Target="{target}"/></Relationships>'
    )
    texts = {"[Content_Types].xml": types, "_rels/.rels": roots, **parts}
    return pack({**{name: text.encode() for name, text in texts.items()}, main: content})


def _read(reader: str, content: bytes) -> Transcript | InputError:
    try:
        return read_transcript(Path("S01"), content=content, speaker="longest", task=TASK.get(reader))
    except InputError as error:
        return error


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Interrupt what runs longer than ``seconds`` of CPU time, a regular expression too."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _name(error: Exception) -> str:
    """Name an error by its kind and the innermost line of ours, so that one fault has one name."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "adscreen" in Path(frame.filename).parts]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "harness"
    return f"{type(error).__name__} in {place}"


def _faults_of_error(error: InputError) -> Iterator[str]:
    line = str(error)
    if MARKER in _NAMES.sub("", line).casefold():
        yield "an error holds transcript text"
    if len(line.splitlines()) != 1:
        yield "an error is not one line"


def _faults(transcript: Transcript) -> Iterator[str]:
    """Yield the promises that a transcript breaks."""
    speakers = {utterance.speaker for utterance in transcript.utterances}
    said = any(utterance.words for utterance in transcript.utterances if utterance.speaker == transcript.participant)
    if not said:
        yield "the participant says no word"
    for utterance in transcript.utterances:
        yield from _faults_of_utterance(utterance)
    for diagnostic in transcript.diagnostics:
        line = _NAMES.sub("", f"{diagnostic.file} {diagnostic.what} {diagnostic.remedy}")
        if MARKER in line.casefold() and not any(MARKER in speaker.casefold() for speaker in speakers):
            yield "a diagnostic holds transcript text"
        if len(line.splitlines()) != 1:
            yield "a diagnostic is not one line"
    try:
        stored = dump_transcript(transcript)
    except ValueError as error:
        yield f"cannot be written: {type(error).__name__}"
        return
    try:
        if transcript_from_json(json.loads(stored)) != transcript:
            yield "is not the same once written and read back"
    except InputError:
        yield "cannot be read back"


def _faults_of_utterance(utterance: Utterance) -> Iterator[str]:
    yield from _faults_of_times("an utterance", utterance.start_ms, utterance.end_ms)
    for word in utterance.words:
        yield from _faults_of_times("a word", word.start_ms, word.end_ms)
        if not word.text or any(map(_is_no_letter, word.text)):
            yield "a word is empty or holds a space or control character"
    marked = (*utterance.pauses, *utterance.events)
    if any(not 0 <= mark.before <= len(utterance.words) for mark in marked):
        yield "a pause or event lies outside its utterance"
    if any(pause.seconds is not None and not 0 <= pause.seconds < math.inf for pause in utterance.pauses):
        yield "a pause has no length"


def _faults_of_times(what: str, start: Any, end: Any) -> Iterator[str]:
    if any(time is not None and type(time) is not int for time in (start, end)):
        yield f"{what} has a time that is no whole number"
    elif any(time is not None and time < 0 for time in (start, end)):
        yield f"{what} has a time below 0"
    elif start is not None and end is not None and end < start:
        yield f"{what} ends before it starts"


def _is_no_letter(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cs")
