"""Run by AllenNLP's own interpreter: sentences (a line of JSON on stdin) -> layers (an HDF5 file), until stdin ends.

Imports only allennlp, h5py and numpy, and nothing of adscreen. Words come through a pipe and are never written down;
arrays go through files; nothing is pickled. AllenNLP carries states from batch to batch; here each batch starts from
zero.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import warnings
from typing import Any

warnings.simplefilter("ignore")

import h5py  # noqa: E402
import numpy  # noqa: E402
from allennlp.modules.elmo import _ElmoBiLm, batch_to_ids  # noqa: E402


def load(options: str, weights: str) -> Any:
    """Return AllenNLP's biLM; float16 weights, which it refuses, are read from a float32 copy that lasts until then."""
    with tempfile.TemporaryDirectory() as folder:
        return _ElmoBiLm(options, widened(weights, os.path.join(folder, "weights.hdf5")))


def widened(path: str, copy: str) -> str:
    """Return the path of weights in float32: ``path`` itself where they are."""
    with h5py.File(path, "r") as source:
        names: list[str] = []
        source.visit(names.append)
        arrays = [name for name in names if isinstance(source[name], h5py.Dataset)]
        if all(source[name].dtype == numpy.float32 for name in arrays):
            return path
        with h5py.File(copy, "w") as target:
            for name in arrays:
                target[name] = source[name][...].astype("float32")
    return copy


def read(model: Any, sentences: list[list[str]], path: str) -> float:
    """Write each sentence's layers (L + 1, n + 2, 2P), boundaries included, as dataset 0, 1 ...; return the seconds."""
    start = time.perf_counter()
    model._elmo_lstm.reset_states()
    layers = [layer.detach().numpy() for layer in model(batch_to_ids(sentences))["activations"]]
    seconds = time.perf_counter() - start
    with h5py.File(path, "w") as file:
        for number, words in enumerate(sentences):
            file[str(number)] = numpy.stack([layer[number, : len(words) + 2] for layer in layers])
    return seconds


def main() -> None:
    """Answer each request {"sentences": ..., "output": path} with a line {"seconds": ...} or {"error": ...}."""
    answers = os.fdopen(os.dup(1), "w")  # whatever a library prints must not pass for an answer
    os.dup2(2, 1)
    try:
        model = load(sys.argv[1], sys.argv[2]).eval()
        answer: dict[str, Any] = {"seconds": 0.0}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=answers, flush=True)
    for line in sys.stdin:
        try:
            request = json.loads(line)
            answer = {"seconds": read(model, request["sentences"], request["output"])}
        except Exception as error:
            answer = {"error": type(error).__name__}  # its message might hold words of a transcript
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
