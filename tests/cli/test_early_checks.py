"""Every argument is checked before anything slow is imported or loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SLOW = ("sklearn", "spacy", "gensim", "skops", "torch")
PROBE = f"""\
import sys
from adscreen.cli import main
sys.argv[0] = "adscreen"
try:
    main()
finally:
    print([name for name in {SLOW!r} if name in sys.modules])
"""


def refuse(folder: Path, line: str) -> tuple[str, str]:
    """Run a command that is refused in a process of its own; return its line, and the slow modules it had loaded."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROBE, *line.split("|")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder)
    assert 2 == done.returncode, done
    return done.stderr, done.stdout.strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a manifest."""
    made = tmp_path_factory.mktemp("early")
    (made / "m.csv").write_text("subject_id,text,label,task\nS1,the boy,AD,cookie\nS2,the girl,HC,Cat Rescue\n")
    (made / "broken").mkdir()
    return made


QUICK = [
    ("evaluate|m.csv|out|--where|task == cookie|--bilm|broken", "put text in quotes: 'task == \"cookie\"'"),
    ("score|broken|m.csv|out|--where|task == Cookie|--bilm|broken", "put text in quotes: 'task == \"cookie\"'"),
    ("evaluate|m.csv|out|--where|label == 'AD' or 'HC'|--bilm|broken", "and 'HC' is none; write both in full"),
    ("evaluate|m.csv|out|--where|task == 'Cookie'|--bilm|broken", "task is written 'cookie' in some rows"),
    ("score|broken|m.csv|out|--confidence|90", "--confidence: 90 is no confidence; give a share from 0.5 to below 1"),
    ("score|broken|m.csv|out|--prevalence|8", "--prevalence: 8 is no prevalence; give a share, such as 0.08"),
    ("train|m.csv|out|--members|elmoo|--bilm|broken", "--members: no block 'elmoo'"),
    ("train|m.csv|out|--spacy-model|none|--bilm|broken", "broken"),
]
SLOWER = [
    ("train|m.csv|out|--where|task == cookie|--bilm|broken", "put text in quotes: 'task == \"cookie\"'"),
    ("audit|m.csv|--where|label in [AD, hc]", 'put text in quotes: \'label in ["AD", "HC"]\''),
    ("features|m.csv|out|--where|task == cookie|--bilm|broken", "put text in quotes: 'task == \"cookie\"'"),
    ("evaluate|m.csv|out|--folds|1|--bilm|broken", "--folds: must be a whole number of at least 2, not 1"),
    ("evaluate|m.csv|out|--protocol|all|--bilm|broken", "--protocol: unknown protocol 'all'"),
    ("evaluate|m.csv|out|--test|none.csv|--bilm|broken", "none.csv: no such file"),
    ("evaluate|m.csv|out|--positive|MCI|--bilm|broken", "no label 'MCI'; labels found: AD (1), HC (1)"),
    ("train|m.csv|out|--block|a=f0|--members|adscreen,a|--bilm|broken", "f0"),
    ("evaluate|m.csv|out|--layer|9", "--layer: no layer '9'"),
    ("score|broken|none.csv|out", "none.csv: no such file"),
]


@pytest.mark.parametrize(
    ("line", "message"), [*QUICK, *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOWER)]
)
def test_a_wrong_argument_is_named_before_anything_slow_is_loaded(folder: Path, line: str, message: str) -> None:
    """Condition, manifest, labels and settings come before the biLM, that before the parser and scikit-learn."""
    said, loaded = refuse(folder, line)
    assert message in said
    assert "[]" == loaded
    assert not (folder / "out").exists()
