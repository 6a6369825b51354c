"""Sentences -> biLM states by the real AllenNLP 2.10.1, which runs as a worker process in an environment of its own.

Its pins (torch below 1.13, hence Python 3.10 at most) cannot share ours. ``make allennlp`` builds it; see
``allennlp_worker`` for what passes between the two.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from adscreen.bilm.activations import read_by
from adscreen.bilm.engine import Reading
from adscreen.bilm.format import BiLMFiles
from adscreen.errors import InputError

PYTHON_VARIABLE = "ADSCREEN_ALLENNLP_PYTHON"
BUILT_BY_MAKE = Path(".venv-allennlp/bin/python")
_REMEDY = f"run `make allennlp`, or name its interpreter with python= or {PYTHON_VARIABLE}"


def find_allennlp(given: Path | None) -> Path:
    """Return the interpreter that has AllenNLP: the one given, the environment variable's, or the one make builds.

    Raises:
        InputError: there is none.
    """
    named = given or (Path(os.environ[PYTHON_VARIABLE]) if os.environ.get(PYTHON_VARIABLE) else None)
    checkout = Path(__file__).resolve().parents[3]
    for python in [named] if named else [BUILT_BY_MAKE, checkout / BUILT_BY_MAKE]:
        if python.is_file() and os.access(python, os.X_OK):
            return python.absolute()
    raise InputError("no AllenNLP interpreter", where=str(named or BUILT_BY_MAKE), remedy=_REMEDY)


class AllenNLPReader:
    """AllenNLP with a biLM's weights, ready to read sentences. Holds a process until it is closed or forgotten."""

    def __init__(self, files: BiLMFiles, folder: Path, *, python: Path, threads: int = 2) -> None:
        self.files, self.python = files, python
        self.seconds = 0.0  # spent by AllenNLP itself
        options = files.options
        if options.max_characters != 50 or not options.use_skip_connections:
            raise InputError(
                "AllenNLP reads words of 50 characters, and skip connections, only",
                where=files.name,
                remedy="use engine= numpy",
            )
        count = {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
        worker = Path(__file__).with_name("allennlp_worker.py")
        command = [python, "-I", worker, folder / "options.json", folder / "weights.hdf5"]
        self._messages = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [str(part) for part in command],
            env=os.environ | count,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._messages,
            text=True,
        )
        self._answer()

    def read(self, sentences: Sequence[Sequence[str]], *, log_probabilities: bool = False) -> list[Reading]:
        """Read each sentence by itself, in any order; return one Reading each, in the order given.

        Raises:
            InputError: the worker fails, or log-probabilities are asked of a model without softmax and vocabulary.
        """
        return read_by(self._run, sentences, self.files, log_probabilities=log_probabilities)

    def close(self) -> None:
        """End the worker."""
        if self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.stdout.close()
        self._process.wait()
        self._messages.close()

    def _run(self, sentences: list[list[str]]) -> list[NDArray[np.float32]]:
        """Return the layers (L + 1, n + 2, 2P) of each sentence, boundaries included, in sentence order."""
        assert self._process.stdin is not None
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "layers.hdf5"
            try:
                self._process.stdin.write(json.dumps({"sentences": sentences, "output": str(output)}) + "\n")
                self._process.stdin.flush()
            except BrokenPipeError:
                raise self._failure("it ended") from None
            self.seconds += self._answer()
            with h5py.File(output, "r") as file:
                return [file[str(number)][...] for number in range(len(sentences))]

    def _answer(self) -> float:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._messages.seek(0)
            lines = self._messages.read().strip().splitlines()
            raise self._failure(lines[-1] if lines else f"exit {self._process.returncode}")
        try:
            answer: dict[str, Any] = json.loads(line)
        except ValueError:
            raise self._failure("it did not answer") from None
        if "error" in answer:
            raise self._failure(answer["error"])
        return float(answer["seconds"])

    def _failure(self, what: str) -> InputError:
        return InputError(f"AllenNLP failed ({what})", where=str(self.python), remedy=_REMEDY)
