"""Recordings per second and memory of `adscreen score`, without a cache and with a warm one.

    python benchmarks/score.py COHORT/manifest.csv [--model FOLDER] [--few 1000] [--many 10000] [--jobs 2] [--no-pages]

The transcripts of the cohort are repeated under new ids until there are as many as asked, and a model trained on the
cohort scores them: without a cache each is read by the biLM anew, however often its text was read before. Each
measurement is a process of its own, imports included: wall and processor time from start to end, peak resident memory
of the process and, with more jobs, of it and its workers together (proportional set size, sampled; Linux). The second
run with a cache takes everything from it; its rows must be those of the first.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from ingest import family, resident

ROOT = Path(__file__).resolve().parents[1]
STUDY = """\
folds = 5
inner_folds = 3
[search]
C = [1.0]
doc2vec_size = [50]
doc2vec_alpha = [0.05]
elmo_size = [32]
paired_context = [0.5]
"""


class Measured(NamedTuple):
    """Wall and processor seconds (workers included), and MiB of peak resident memory, alone and with its workers."""

    seconds: float
    processor: float
    own: float
    together: float


def train(manifest: Path, folder: Path) -> Path:
    """Train a model on the cohort, with one candidate; return its folder."""
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    command = ["train", str(manifest), str(folder / "model"), "--config", str(folder / "study.toml"), "--quiet"]
    subprocess.run([sys.executable, "-m", "adscreen", *command], check=True, env=_environment())
    return folder / "model"


def repeat(manifest: Path, count: int, folder: Path) -> Path:
    """Write ``count`` copies of the cohort's transcripts, in turn, under new ids; return their manifest."""
    with manifest.open(encoding="utf-8", newline="") as lines:
        sources = [manifest.parent / row["transcript"] for row in csv.DictReader(lines)]
    folder.mkdir(parents=True)
    rows = ["subject_id,transcript\n"]
    for number, source in enumerate(islice(cycle(sources), count)):
        name = f"BENCH{number:06d}"
        shutil.copyfile(source, folder / f"{name}{source.suffix}")
        rows.append(f"{name},{name}{source.suffix}\n")
    (folder / "manifest.csv").write_text("".join(rows), encoding="utf-8")
    return folder / "manifest.csv"


def measure(command: list[str]) -> Measured:
    """Run adscreen; its peak and times are what wait4 reports, the peak with its workers is sampled every 50 ms."""
    together = 0.0
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "adscreen", *command], env=_environment())
    while True:
        done, status, usage = os.wait4(child.pid, os.WNOHANG)
        if done:
            break
        together = max(together, sum(map(resident, family(child.pid))))
        time.sleep(0.05)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"adscreen {command[0]} failed")
    own = usage.ru_maxrss / 1024
    return Measured(seconds, usage.ru_utime + usage.ru_stime, own, max(own, together))


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT / "pipeline"), "ADSCREEN_CACHE": ""}


def show(what: str, count: int, found: Measured) -> None:
    """Print one measurement."""
    print(
        f"{what:14} {count:6} recordings {found.seconds:8.1f} s ({count / found.seconds:6.1f}/s)  "
        f"processor {found.processor:8.1f} s ({1000 * found.processor / count:6.1f} ms each)  "
        f"peak {found.own:6.1f} MiB, with workers {found.together:6.1f} MiB",
        flush=True,
    )


def main() -> None:
    """Print the measurements as they come."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifest", type=Path, help="labelled cohort whose transcripts are repeated")
    parser.add_argument("--model", type=Path, help="model folder; else one is trained on the cohort")
    parser.add_argument("--few", type=int, default=1000)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--no-pages", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = options.model or train(options.manifest, folder)
        extra = ["--quiet", "--force", "--jobs", str(options.jobs), *(["--no-pages"] if options.no_pages else [])]
        found = {}
        for count in (options.few, options.many):
            manifest = repeat(options.manifest, count, folder / str(count))
            command = ["score", str(model), str(manifest), str(folder / "plain"), *extra]
            found[count] = measure(command)
            show("no cache", count, found[count])
        growth = found[options.many].together / found[options.few].together - 1
        print(f"peak memory at {options.many} is {growth:+.1%} of that at {options.few}")
        cached = ["score", str(model), str(manifest), str(folder / "cached"), *extra, "--cache", str(folder / "cache")]
        filling = measure(cached)
        show("filling cache", options.many, filling)
        warm = measure(cached)
        show("warm cache", options.many, warm)
        plain = found[options.many]
        faster, less = plain.seconds / warm.seconds, plain.processor / warm.processor
        print(f"warm cache: {faster:.1f} times faster, {less:.1f} times less processor time")
        if (folder / "plain" / "scores.csv").read_bytes() != (folder / "cached" / "scores.csv").read_bytes():
            raise SystemExit("the cache changed a score")


if __name__ == "__main__":
    main()
