"""The three biLM engines on the same sentences: tokens a second, peak memory, and the share of the matmul limit.

Weights are random (seeded), of the published small and original shapes; sentences are the first 2,000 of the AMI
meetings in ../shared. Each measurement runs in a process of its own, so that its peak memory is its own.

``allennlp`` is AllenNLP as its users run it: 64 sentences a batch (its ElmoEmbedder's default), in the order in which
they come, each batch padded to its longest sentence. ``allennlp-sorted`` is adscreen's engine of that name, which hands
the same AllenNLP sentences of like length, so that little is padded.

    python benchmarks/elmo_engines.py --shape small --allennlp-python .venv-allennlp/bin/python
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from adscreen.bilm.allennlp_engine import AllenNLPReader  # noqa: E402
from adscreen.bilm.engines import EngineChoice, load_engine  # noqa: E402
from adscreen.bilm.format import Options, Softmax, weight_shapes  # noqa: E402
from adscreen.bilm.products import ROWS  # noqa: E402
from adscreen.words import split_text, tokenize  # noqa: E402

FILTERS = ((1, 32), (2, 32), (3, 64), (4, 128), (5, 256), (6, 512), (7, 1024))
SHAPES = {
    "small": Options(filters=FILTERS, dim=1024, projection_dim=128, n_highway=1),
    "original": Options(filters=FILTERS, dim=4096, projection_dim=512, n_highway=2),
}
SENTENCES = 2000
THREADS = 2
ENGINES = ("numpy", "torch", "allennlp", "allennlp-sorted")
ALLENNLP_BATCH = 64


def write_random_model(folder: Path, options: Options, *, seed: int = 0) -> None:
    """Write options.json and float32 weights.hdf5 whose gates and clips are all in play."""
    rng = np.random.default_rng(seed)
    (folder / "options.json").write_text(json.dumps(options.to_json()))
    with h5py.File(folder / "weights.hdf5", "w") as file:
        for name, shape in weight_shapes(options).items():
            fan_in = 1 if name == "char_embed" or len(shape) == 1 else int(np.prod(shape[:-1]))
            file[name] = (rng.standard_normal(shape, dtype=np.float32) / fan_in**0.5).astype(np.float32)


def read_sentences(count: int) -> list[list[str]]:
    """Return the first sentences of the AMI transcripts, cut and split as scoring does, lower case."""
    folder = ROOT.parent / "shared" / "ami" / "transcripts"
    if not folder.is_dir():
        sys.exit("needs the data folder ../shared beside the repository")
    sentences: list[list[str]] = []
    for path in sorted(folder.iterdir()):
        for line in path.read_text(encoding="utf-8").splitlines():
            for part in split_text(line):
                words = [token.text.lower() for token in tokenize(part)][:60]
                sentences += [words] if words else []
        if len(sentences) >= count:
            break
    return sentences[:count]


def measure_engine(
    engine: str, folder: Path, sentences: list[list[str]], allennlp_python: Path | None
) -> dict[str, Any]:
    """Return seconds by the clock and of processor time, and peak memory, of one engine that was loaded before.

    AllenNLP's seconds by the clock are its own: handing sentences and layers over is left out.
    """
    reader = load_engine(folder, EngineChoice(engine.partition("-")[0], allennlp_python), threads=THREADS)
    process = reader._process.pid if isinstance(reader, AllenNLPReader) else os.getpid()
    processor, before = _processor_seconds(process), time.perf_counter()
    if isinstance(reader, AllenNLPReader) and engine == "allennlp":
        for start in range(0, len(sentences), ALLENNLP_BATCH):
            reader._run(sentences[start : start + ALLENNLP_BATCH])
    else:
        reader.read(sentences)
    seconds, processor = time.perf_counter() - before, _processor_seconds(process) - processor
    if isinstance(reader, AllenNLPReader):
        reader.close()
        seconds, peak = reader.seconds, _peak_mb(resource.RUSAGE_CHILDREN)
    else:
        peak = _peak_mb(resource.RUSAGE_SELF)
    return {"seconds": seconds, "processor": processor, "peak_mb": peak}


def _processor_seconds(process: int) -> float:
    """Return the processor time a process has used (Linux): what other work on the machine hardly changes."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def needed_flops(options: Options, sentences: list[list[str]]) -> dict[str, float]:
    """Return the floating-point operations of all products that cannot be avoided, by the kind of product.

    ``gates`` and ``projection`` of the LSTM layers: n steps and two directions for each different sentence, the first
    layer's input gates once a word type. ``types``: convolutions over each word's own length, highway and projection,
    once a word type.
    """
    size, cell, layers, n_filters = options.projection_dim, options.dim, options.n_layers, options.n_filters
    steps = 2 * sum(map(len, set(map(tuple, sentences))))  # both directions
    types = {word for words in sentences for word in words}
    convolution = sum(
        2 * (len(word.encode()) + 3) * options.char_dim * sum(width * count for width, count in options.filters)
        for word in types
    )
    dense = 2 * n_filters * (2 * n_filters * options.n_highway + size)
    return {
        "gates": 2.0 * size * 4 * cell * (steps * (2 * layers - 1) + 2 * len(types)),
        "projection": 2.0 * cell * size * layers * steps,
        "types": float(convolution + dense * len(types)),
    }


def measure_limit(options: Options, rows: int) -> dict[str, float]:
    """Return FLOP/s of both threads at (rows, P) @ (P, 4D), (rows, D) @ (D, P) and (rows, F) @ (F, F)."""
    size, cell, filters = options.projection_dim, options.dim, options.n_filters
    shapes = {"gates": (size, 4 * cell), "projection": (cell, size), "types": (filters, filters)}
    return {name: _matmul_rate(rows, *shape) for name, shape in shapes.items()}


def _matmul_rate(rows: int, inner: int, outer: int, *, seconds: float = 0.5) -> float:
    rng = np.random.default_rng(0)
    shapes = (rows, inner), (inner, outer)
    operands = [[rng.random(shape, dtype=np.float32) for shape in shapes] for _ in range(THREADS)]
    results = [np.empty((rows, outer), dtype=np.float32) for _ in range(THREADS)]
    flops = 2.0 * rows * inner * outer

    def run(number: int) -> tuple[int, float]:
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            np.matmul(*operands[number], out=results[number])
            count += 1
        return count, time.perf_counter() - start

    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(THREADS) as threads:
        return max(sum(count * flops / took for count, took in threads.map(run, range(THREADS))) for _ in range(5))


def measure_softmax(words: int, size: int, tokens: int) -> dict[str, Any]:
    """Return tokens a second (both directions) and peak memory of a vocabulary's softmax, its weights in a file."""
    from adscreen.bilm.engine import log_softmax_at

    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        weights = np.memmap(Path(name) / "softmax", np.float32, "w+", shape=(words, size))
        for start in range(0, words, 20_000):
            part = weights[start : start + 20_000]
            part[:] = rng.standard_normal(part.shape, dtype=np.float32) / 16
        softmax = Softmax(weights, np.zeros(words, dtype=np.float32), {})
        states = [rng.standard_normal((tokens, size), dtype=np.float32) for _ in range(2)]
        targets = rng.integers(0, words, tokens)
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(THREADS) as threads:
            before = time.perf_counter()
            list(threads.map(lambda state: log_softmax_at(state, targets, softmax), states))
            seconds = time.perf_counter() - before
    status = Path("/proc/self/status")
    own = next((int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if "RssAnon" in line), 0.0)
    return {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "own_mb": own}


def _child(task: dict[str, Any]) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    environment = os.environ | {"OMP_NUM_THREADS": str(THREADS), "OPENBLAS_NUM_THREADS": str(THREADS)}
    command = [sys.executable, __file__, "--task", json.dumps(task)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _run_task(task: dict[str, Any]) -> dict[str, Any]:
    if task["kind"] == "softmax":
        return measure_softmax(task["words"], task["size"], task["tokens"])
    python = Path(task["allennlp_python"]) if task["allennlp_python"] else None
    return measure_engine(task["engine"], Path(task["folder"]), read_sentences(task["sentences"]), python)


def _best(task: dict[str, Any], repeats: int) -> dict[str, Any]:
    results = [_child(task) for _ in range(repeats)]
    return min(results, key=lambda result: result.get("seconds", float("inf")))


def compare_engines(shape: str, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Return one row an engine."""
    options, rows = SHAPES[shape], []
    sentences = read_sentences(arguments.sentences)
    tokens, flops, limit = sum(map(len, sentences)), needed_flops(options, sentences), measure_limit(options, ROWS)
    least = {name: flops[name] / limit[name] for name in flops}  # seconds
    print(f"{shape}: matmul limit", ", ".join(f"{name} {rate / 1e9:.0f}" for name, rate in limit.items()), "GFLOP/s,")
    print(f"  {sum(flops.values()) / 1e9:,.0f} GFLOP, {sum(least.values()):.2f} s at the limit, {THREADS} threads")
    with tempfile.TemporaryDirectory() as name:
        write_random_model(Path(name), options)
        for engine in arguments.engines:
            python = str(arguments.allennlp_python) if arguments.allennlp_python else None
            task = {"kind": "engine", "engine": engine, "folder": name, "sentences": arguments.sentences}
            result = _best(task | {"allennlp_python": python}, arguments.repeats)
            row: dict[str, Any] = {"shape": shape, "engine": engine}
            if "error" in result:
                rows.append(row | {"note": result["error"]})
                continue
            rate = tokens / result["seconds"]
            row |= {"tokens/s": rate, "peak MB": result["peak_mb"]}
            row |= {"tokens a processor-second": tokens / result["processor"]}
            rows.append(row | {"share of limit": sum(least.values()) / result["seconds"]})
    reference = next((row for row in rows if row["engine"] == "allennlp" and "tokens/s" in row), None)
    for row in rows:
        if reference and "tokens/s" in row:
            row["times allennlp"] = row["tokens/s"] / reference["tokens/s"]
            unit = "tokens a processor-second"
            row["by processor time"] = row[unit] / reference[unit]
    return rows


def compare_softmaxes(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Return one row a vocabulary."""
    rows = []
    for words, size, tokens in ((20_000, 128, 12_800), (793_471, 512, 1_280)):
        result = _best({"kind": "softmax", "words": words, "size": size, "tokens": tokens}, arguments.repeats)
        row: dict[str, Any] = {"vocabulary": words, "P": size}
        if "error" not in result:
            row |= {"tokens/s": tokens / result["seconds"], "peak MB": result["peak_mb"], "own MB": result["own_mb"]}
        rows.append(row | ({"note": result["error"]} if "error" in result else {}))
    return rows


def _print(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print("  ".join(f"{name} {_shown(value)}" for name, value in row.items()), flush=True)


def _shown(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def main() -> None:
    """Parse the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=[*SHAPES], action="append", help="default: both")
    parser.add_argument("--engine", dest="engines", choices=ENGINES, action="append")
    parser.add_argument("--allennlp-python", type=Path, help="the interpreter that make allennlp builds")
    parser.add_argument("--sentences", type=int, default=SENTENCES)
    parser.add_argument("--repeats", type=int, default=1, help="the fastest of so many")
    parser.add_argument("--softmax", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--task", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        print(json.dumps(_run_task(json.loads(arguments.task))))
        return
    arguments.engines = arguments.engines or [*ENGINES]
    sentences = read_sentences(arguments.sentences)
    types = {word for words in sentences for word in words}
    blas = {(item["internal_api"], item["version"]) for item in threadpool_info()}
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; BLAS {blas}")
    print(f"{len(sentences)} sentences, {sum(map(len, sentences))} tokens, {len(types)} types")
    for shape in arguments.shape or [*SHAPES]:
        _print(compare_engines(shape, arguments))
    if arguments.softmax:
        _print(compare_softmaxes(arguments))


if __name__ == "__main__":
    main()
