"""What a user sees of one file: `adscreen ingest` is run on it, and its row and transcript are read back."""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adscreen.cli import main
from adscreen.ingest.transcript_json import transcript_from_json
from adscreen.records import Transcript


@dataclass(frozen=True)
class Seen:
    """The row of ingest.csv, and the transcript where the file was read."""

    row: dict[str, str]
    transcript: Transcript | None

    @property
    def refused(self) -> str:
        """The line that says why the file was not read, empty where it was."""
        return self.row["reason"]

    @property
    def diagnostics(self) -> str:
        """What the diagnostics say."""
        return self.row.get("details", "")

    @property
    def words(self) -> dict[str, str]:
        """The words of each speaker, joined by spaces."""
        assert self.transcript, self.refused
        spoken: dict[str, list[str]] = defaultdict(list)
        for utterance in self.transcript.utterances:
            spoken[utterance.speaker] += [word.text for word in utterance.words]
        return {speaker: " ".join(words) for speaker, words in spoken.items()}

    @property
    def counts(self) -> dict[str, int]:
        """The number of words of each speaker."""
        return {speaker: len(words.split()) for speaker, words in self.words.items()}

    @property
    def word_times(self) -> list[tuple[str, int | None, int | None]]:
        """Every word with its times in milliseconds, in the order of the transcript."""
        assert self.transcript, self.refused
        return [(word.text, word.start_ms, word.end_ms) for u in self.transcript.utterances for word in u.words]

    @property
    def spans(self) -> list[tuple[str, int | None, int | None]]:
        """Speaker, start and end of every utterance."""
        assert self.transcript, self.refused
        return [(u.speaker, u.start_ms, u.end_ms) for u in self.transcript.utterances]

    @property
    def pauses(self) -> list[float | None]:
        """The length of every pause in seconds, None where only its mark is known."""
        assert self.transcript, self.refused
        return [pause.seconds for u in self.transcript.utterances for pause in u.pauses]

    @property
    def events(self) -> list[str]:
        """The names of all events."""
        assert self.transcript, self.refused
        return [event.name for u in self.transcript.utterances for event in u.events]


Ingest = Callable[..., Seen]


@pytest.fixture
def door(shared: Path) -> Path:
    """The folder of inputs that were misread, each with its right answer in CASES.md."""
    return shared / "door"


@pytest.fixture
def ingest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ingest:
    """Run `adscreen ingest` on a manifest of one file; ``columns`` are further columns of the manifest."""

    def run(file: Path, *options: str, participant: str | None = "longest", **columns: Any) -> Seen:
        manifest, out = tmp_path / "manifest.csv", tmp_path / "out"
        with manifest.open("w", encoding="utf-8", newline="") as table:
            rows = csv.DictWriter(table, ["subject_id", "transcript", *columns])
            rows.writeheader()
            rows.writerow({"subject_id": "S1", "transcript": str(file), **columns})
        chosen = ["--participant", participant] if participant else []
        arguments = ["ingest", str(manifest), str(out), *chosen, "--force", "--quiet", *options]
        monkeypatch.setattr(sys, "argv", ["adscreen", *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        assert caught.value.code in (0, 3, None), arguments
        with (out / "ingest.csv").open(encoding="utf-8", newline="") as table:
            (row,) = csv.DictReader(table)
        lines = (out / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
        return Seen(row, transcript_from_json(json.loads(lines[0])) if lines else None)

    return run
