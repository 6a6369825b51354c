"""Readers -> a table of what Atheris found in each: executions, crashes, hangs and the slowest input.

    python tests/fuzz/campaign.py OUT [--reader NAME ...] [--runs N] [--seconds S]

needs Atheris (`make fuzz` installs it). Each reader runs in a process of its own, in which the code of adscreen is
instrumented, so that Atheris keeps the inputs that reach new lines. OUT/READER/ holds one input for each fault, and
OUT/campaign.md the table. What looked slow or hung there is measured again here, without instrumentation.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

HEADER = ("reader", "executions", "read", "crashes", "hangs", "slowest input (ms)", "its size (bytes)")
LARGEST = 300_000  # bytes of an input
SMALL = 4_000  # bytes of an input that is changed further; a larger one is read once, for its time
SLOWEST = 5  # inputs that are measured again
INSTRUMENTED = ["adscreen.ingest", "adscreen.words", "adscreen.cohort"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz the readers named, one after the other; return 1 where any fault was found."""
    parser = argparse.ArgumentParser(prog="campaign.py", description="Fuzz the readers of transcripts.")
    parser.add_argument("out", type=Path, help="folder for the table and for one input of each fault")
    parser.add_argument("--reader", action="append", help="a reader of harness.py; all, if none is named")
    parser.add_argument("--runs", type=int, default=5_000, help="executions of each reader (%(default)s)")
    parser.add_argument("--seconds", type=float, default=600, help="the most for each reader (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(%(default)s)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.inside:
        fuzz(options.reader[0], options.out, runs=options.runs, seconds=options.seconds, seed=options.seed)
    from harness import READERS

    rows = []
    print(_as_line(HEADER), flush=True)
    for reader in options.reader or READERS:
        rows.append(_run(reader, options))
        print(_as_line(rows[-1]), flush=True)
    lines = [_as_line(HEADER), "|---" * len(HEADER) + "|", *map(_as_line, rows)]
    (options.out / "campaign.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(_total(rows))
    return int(any(row[3] or row[4] for row in rows))


def fuzz(reader: str, out: Path, *, runs: int, seconds: float, seed: int) -> None:
    """Fuzz one reader, write what was found into ``out`` and end the process, as Atheris never returns."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        import harness
    seeds, words, mutate = harness.load_seeds(reader), harness.load_words(reader), harness.READERS[reader]
    for content in seeds:
        harness.probe(reader, content)  # imports what is imported late
    ended = time.monotonic() + seconds
    found: dict[str, bytes] = {}
    slowest: list[tuple[float, bytes]] = []
    counts = {"executions": 0, "read": 0}

    def test_one_input(content: bytes) -> None:
        reading = harness.probe(reader, content)
        counts["executions"] += 1
        counts["read"] += reading.read
        for fault in reading.faults:
            found[fault] = min(found.get(fault, content), content, key=len)
        heapq.heappush(slowest, (reading.seconds, content))
        del slowest[: max(0, len(slowest) - SLOWEST)]
        if counts["executions"] >= runs or time.monotonic() > ended:
            _write(out, counts, found, [content for _, content in slowest])
            os._exit(0)

    def change(content: bytes, largest: int, chance: int) -> bytes:
        random = Random(chance)
        content = content if len(content) <= SMALL else random.choice(seeds)
        changed = mutate(content, random, words) if random.randrange(8) else b""
        return changed if 0 < len(changed) <= largest else atheris.Mutate(content, largest)

    with tempfile.TemporaryDirectory() as corpus:
        for number, content in enumerate(seeds):
            (Path(corpus) / str(number)).write_bytes(content)
        limits = [f"-max_len={LARGEST}", f"-seed={seed}", "-timeout=120", "-rss_limit_mb=4096", "-verbosity=0"]
        atheris.Setup([reader, *limits, corpus], test_one_input, custom_mutator=change)
        atheris.Fuzz()


def _write(out: Path, counts: dict[str, int], found: dict[str, bytes], slowest: list[bytes]) -> None:
    faults = {fault: f"{re.sub(r'[^A-Za-z0-9]+', '-', fault)}.input" for fault in found}
    for fault, name in faults.items():
        (out / name).write_bytes(found[fault])
    for number, content in enumerate(slowest):
        (out / f"slow-{number}.input").write_bytes(content)
    (out / "found.json").write_text(json.dumps({**counts, "faults": faults}), encoding="utf-8")


def _run(reader: str, options: argparse.Namespace) -> tuple[Any, ...]:
    """Fuzz a reader in a process of its own; return its row."""
    from harness import probe

    out = options.out / reader
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    command = [sys.executable, __file__, str(out), "--inside", "--reader", reader, "--runs", str(options.runs)]
    command += ["--seconds", str(options.seconds), "--seed", str(options.seed)]
    with (out / "log.txt").open("wb") as log:
        ended = subprocess.run(command, stdout=log, stderr=log, check=False).returncode
    if not (out / "found.json").exists():
        return (reader, 0, 0, f"process ended with {ended}", 0, 0, 0)
    found = json.loads((out / "found.json").read_text(encoding="utf-8"))
    hangs = 0
    for fault, name in found["faults"].items():
        content = (out / name).read_bytes()
        hangs += fault == "hang" and "hang" in probe(reader, content).faults
        print(f"{reader}: {fault} ({len(content)} bytes)", flush=True)
    slow = [path.read_bytes() for path in out.glob("slow-*.input")]
    probe(reader, slow[0])
    times = [(min(probe(reader, content, limit=60).seconds for _ in range(3)), content) for content in slow]
    seconds, slowest = max(times)
    crashes = len(found["faults"].keys() - {"hang"})
    return (reader, found["executions"], found["read"], crashes, hangs, round(1000 * seconds, 1), len(slowest))


def _as_line(cells: Sequence[Any]) -> str:
    return f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else str(cell) for cell in cells)} |"


def _total(rows: Sequence[tuple[Any, ...]]) -> str:
    executions = sum(row[1] for row in rows)
    faulty = [row[0] for row in rows if row[3] or row[4]]
    return f"{executions:,} executions of {len(rows)} readers; faults in: {', '.join(faulty) or 'none'}"


if __name__ == "__main__":
    sys.exit(main())
