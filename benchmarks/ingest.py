"""Time and memory of `adscreen ingest` beside pylangacq's reader (and batchalign's parser), on the same CHAT files.

    python benchmarks/ingest.py --tiers [--files 2000] [--many 20000] [--jobs 2] [--batchalign PYTHON]

Each measurement is a process of its own: wall time from start to end, imports included; peak resident memory of the
process (getrusage), and of it with its workers (proportional set size, sampled; Linux). The programs run by turns and
the fastest run of each counts. They do different things: pylangacq parses into memory, adscreen writes
transcripts.jsonl, ingest.csv and flow.csv.
`--tiers` adds %mor and %gra to each utterance, as DementiaBank files have them. `--batchalign` names a Python with
batchalign, whose parser then reads the same files.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
UTTERANCES = 41
WORDS = (
    "the boy is on a stool and he reaching for cookies while mother washes dishes water running over sink girl "
    "laughing window curtains outside she her his it's falling jar kitchen cabinet plate cup towel floor overflowing "
    "looking getting going there that one something well see think know hand foot tree path garden shoes dress apron"
).split()
HEAD = """@UTF8
@Begin
@Languages:\teng
@Participants:\tPAR Participant, INV Investigator
@ID:\teng|Bench|PAR|{age};|{sex}|Control||Participant|||
@ID:\teng|Bench|INV|||||Investigator|||
"""
READ_PYLANGACQ = """
import sys, warnings
warnings.simplefilter("ignore")
import pylangacq
chat = pylangacq.read_chat(sys.argv[1], strict=False)
assert int(sys.argv[2]) == chat.n_files, chat.n_files
"""
READ_BATCHALIGN = """
import sys, pathlib
from batchalign.formats.chat import CHATFile
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.cha")):
    CHATFile(path=str(path)).doc
"""


class Measured(NamedTuple):
    """Wall seconds, and MiB of peak resident memory: of the process, and of it and its workers together."""

    seconds: float
    own: float
    together: float


def utterance(rng: random.Random) -> list[str]:
    """Return the items of a main line with the disfluencies of a picture description."""
    items = []
    for _ in range(rng.randint(5, 13)):
        word, other, chance = rng.choice(WORDS), rng.choice(WORDS), rng.random()
        items.append(
            "&-uh"
            if chance < 0.04
            else f"{word} [/] {word}"
            if chance < 0.07
            else f"<{word} {other}> [//] {other}"
            if chance < 0.10
            else "(.)"
            if chance < 0.12
            else "&+st"
            if chance < 0.13
            else "goed [: went] [* m:=ed]"
            if chance < 0.14
            else "&=laughs"
            if chance < 0.15
            else word
        )
    return items


def chat_file(rng: random.Random, *, tiers: bool) -> str:
    """Return a CHAT file of UTTERANCES utterances with time bullets."""
    lines = [HEAD.format(age=rng.randint(55, 90), sex=rng.choice(("male", "female")))]
    start = 0
    for number in range(UTTERANCES):
        end = start + rng.randint(1000, 6000)
        items = utterance(rng) if number else [*"tell me everything you see going on".split()]
        lines.append(f"*{'PAR' if number else 'INV'}:\t{' '.join(items)} . \x15{start}_{end}\x15\n")
        if tiers:
            meant = ["went" if "[:" in item else item.split()[-1] for item in items if item[0] not in "&("]
            lines.append(f"%mor:\t{' '.join(f'noun|{word}' for word in meant)} .\n")
            lines.append(f"%gra:\t{' '.join(f'{n}|{n - 1}|DEP' for n in range(1, len(meant) + 2))}\n")
        start = end + 200
    return "".join([*lines, "@End\n"])


def write_corpus(folder: Path, count: int, *, tiers: bool, seed: int = 0) -> Path:
    """Write ``count`` files and their manifest; the same for the same seed."""
    rng = random.Random(seed)
    folder.mkdir(parents=True)
    rows = ["subject_id,transcript\n"]
    for number in range(count):
        (folder / f"S{number:05d}.cha").write_text(chat_file(rng, tiers=tiers), encoding="utf-8")
        rows.append(f"S{number:05d},S{number:05d}.cha\n")
    (folder / "manifest.csv").write_text("".join(rows), encoding="utf-8")
    return folder


def measure(command: list[str]) -> Measured:
    """Run a command; its own peak is what wait4 reports, the peak with its workers is sampled every 20 ms."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "pipeline")}
    together = 0.0
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(command, stderr=errors, stdout=subprocess.DEVNULL, env=environment)
        while True:
            done, status, usage = os.wait4(child.pid, os.WNOHANG)
            if done:
                break
            together = max(together, sum(map(resident, family(child.pid))))
            time.sleep(0.02)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            errors.seek(0)
            raise SystemExit(f"{' '.join(command[:4])} failed:\n{errors.read().decode()}")
    own = usage.ru_maxrss / 1024
    return Measured(seconds, own, max(own, together))


def family(process: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [process]
    for known in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{known}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
    return found


def resident(process: int) -> float:
    """Return the MiB that a process alone adds: shared pages are divided among those who share them."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    """Print the measurements as they come."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--many", type=int, default=20_000, help="files of the memory measurement; 0 for none")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3, help="the fastest counts")
    parser.add_argument("--tiers", action="store_true")
    parser.add_argument("--batchalign", metavar="PYTHON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = write_corpus(folder / "corpus", options.files, tiers=options.tiers)
        commands = {
            "import alone": [sys.executable, "-c", "import adscreen.ingest.whole_cohort, adscreen.cli, pydantic"]
        }
        commands["pylangacq"] = [sys.executable, "-c", READ_PYLANGACQ, str(corpus), str(options.files)]
        for jobs in sorted({1, options.jobs}):
            commands[f"adscreen, {jobs} jobs"] = ingest(corpus, folder / "out", jobs=jobs)
        if options.batchalign:
            commands["batchalign"] = [options.batchalign, "-c", READ_BATCHALIGN, str(corpus)]
        best: dict[str, Measured] = {}
        for _ in range(options.repeats):
            for what, command in commands.items():
                found = measure(command)
                best[what] = min(found, best.get(what, found))
        for what, found in best.items():
            show(what, options.files, found)
        if options.many:
            many = write_corpus(folder / "many", options.many, tiers=options.tiers)
            show(
                f"adscreen, {options.jobs} jobs", options.many, measure(ingest(many, folder / "out", jobs=options.jobs))
            )


def ingest(corpus: Path, out: Path, *, jobs: int) -> list[str]:
    """Return the command that ingests a corpus."""
    manifest = str(corpus / "manifest.csv")
    return [sys.executable, "-m", "adscreen", "ingest", manifest, str(out), "--jobs", str(jobs), "--quiet", "--force"]


def show(what: str, files: int, found: Measured) -> None:
    """Print one measurement."""
    print(
        f"{what:18} {files:6} files {found.seconds:7.2f} s   peak {found.own:6.1f} MiB, with workers "
        f"{found.together:6.1f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main()
