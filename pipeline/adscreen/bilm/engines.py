"""The name of an engine + a biLM folder -> a reader. Three engines read the same files and agree to 1e-5.

``numpy`` (the default) needs nothing else; ``torch`` needs the extra of that name and uses a GPU where there is one;
``allennlp`` runs the real AllenNLP in an environment of its own. Only ``numpy`` promises a sentence equal bytes
whatever else is read.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from adscreen.bilm.engine import BiLM, Reading
from adscreen.bilm.format import BiLMFiles, read_bilm
from adscreen.errors import InputError

ENGINES = ("numpy", "torch", "allennlp")


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which engine reads; ``allennlp_python`` is the interpreter of the engine ``allennlp`` where one is named."""

    name: str = "numpy"
    allennlp_python: Path | None = None


class Reader(Protocol):
    """What every engine can do."""

    files: BiLMFiles

    def read(self, sentences: Sequence[Sequence[str]], *, log_probabilities: bool = False) -> list[Reading]:
        """Read each sentence by itself, from zero states; return one Reading each, in the order given."""
        ...


NUMPY = EngineChoice()


def load_engine(
    folder: Path, choice: EngineChoice = NUMPY, *, files: BiLMFiles | None = None, threads: int = 2
) -> Reader:
    """Return an engine with a biLM folder's weights; it uses at most ``threads`` processor threads.

    ``files`` are those of the folder, where they have been read already.

    Raises:
        InputError: the biLM is missing or damaged, there is no such engine, or what it needs is not installed.
    """
    if choice.name not in ENGINES:
        raise InputError(f"no engine {choice.name!r}", where="engine=", remedy=f"use {', '.join(ENGINES)}")
    if choice.name == "torch" and find_spec("torch") is None:
        raise InputError("torch needs PyTorch", where="engine=", remedy="pip install 'adscreen[torch]'")
    files = files or read_bilm(folder)
    if choice.name == "torch":
        from adscreen.bilm.torch_engine import TorchReader

        return TorchReader(files, threads=threads)
    if choice.name == "allennlp":
        from adscreen.bilm.allennlp_engine import AllenNLPReader, find_allennlp

        return AllenNLPReader(files, folder, python=find_allennlp(choice.allennlp_python), threads=threads)
    return BiLM(files, threads=threads)


def threads_of_one(jobs: int) -> int:
    """Return how many threads each of ``jobs`` processes may use, so that all fit the processors there are."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(2, usable // max(1, jobs)))
