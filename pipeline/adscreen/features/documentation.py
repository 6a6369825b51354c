"""FEATURES + the task files that ship -> docs/features.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files

from adscreen.display import display_of
from adscreen.features import FEATURES, SET_VERSION
from adscreen.features.feature import Feature
from adscreen.features.norms import MINIMUM_FOUND
from adscreen.features.tasks import CATEGORIES, Task, bundled_tasks

_INTRODUCTION = f"""\
# Features

What `adscreen features` writes besides the biLM's vectors and perplexities ([method.md](method.md)). This page is
generated from the code (`python -m adscreen.features docs/features.md`); every run's `dictionary.json` says the same.

A feature's column is `family.name`; *on pages* is what reports call it. *View*: `spoken` is all that was uttered,
`fluent` leaves out fillers, fragments, retracings and repeats and puts the transcriber's targets in. Below *least*
words of that view a feature is NaN, and it is NaN where the last column says so; missing is never 0, and a report gives
the reason. N is the number of words, V of different words.

Feature set version {SET_VERSION}. A model tells the version it was trained with and refuses to score with another.
"""
_FAMILIES = {
    "lexical": "How varied, how frequent and how specific the words are.",
    "syntactic": "How utterances are built. Clauses, dependencies and parts of speech come from the parser.",
    "fluency": "Hesitation, pauses, repair and how utterances end. Only what the transcript's format marks can be "
    "counted: [transcripts.md](transcripts.md) says what each marks.",
    "semantic": "What is told of the picture or story, in which order, and how sentences hang together. Information "
    "units need a task file for the transcript's `task`; without one they are NaN.",
}
_TASKS = """\
## Task files

A transcript's `task` (the manifest's column, or the gem of a CHAT file) names the task file whose information units are
looked for. These ship; `--task-file my_task.toml` (repeatable) adds others to `features`, `evaluate` and `train`, and
goes before a shipped one of the same name. A model carries its task files, so `score` needs none.
"""
_NORMS = f"""\
## Word norms

`--norms FILE` (repeatable; of `features`, `evaluate` and `train`) adds norms of your own, such as age of acquisition or
concreteness. The file is CSV or TSV in UTF-8 with a header: the words, then one column or more of numbers.

```
word,aoa,concreteness
cookie,3.1,5.0
mother,2.4,4.6
```

Each column gives two lexical features, named after its header: `lexical.aoa_mean`, the mean over the words that have a
value, and `lexical.aoa_coverage`, those words / N. Both read the fluent view and need 10 words; the mean is NaN where
fewer than {MINIMUM_FOUND} words have a value. Every occurrence of a word counts. A word is looked up as it was said, in
lower case, and where the file lacks it by its lemma (`running`, then `run`). Leave a cell empty where a word has no
value; entries of several words match nothing. The file's name is the feature's source in `dictionary.json`. A model
carries its norms, so `score` needs none: mind the licence of the norms before you pass a model on.
"""

EXAMPLE = """\
name = "kite"
aliases = ["kite picture"]
reference = ["A girl is crying because her kite is caught in a tree.", "A man brings a ladder."]
actors = "@girl @man he she"

[words]
girl = "girl child daughter"
man = "man father dad neighbour neighbor"

[[units]]
name = "girl"
category = "subject"
patterns = ["@girl"]

[[units]]
name = "kite"
category = "object"
patterns = ["kite|kites"]

[[units]]
name = "kite in the tree"
category = "action"
patterns = ["kite|it > stuck|caught tree", "-get|reach|free kite|it"]

[[units]]
name = "man helping"
category = "action"
patterns = ["@man|he > +bring*|brought|fetch*|climb*"]
"""


def document_features(features: Sequence[Feature] = FEATURES, tasks: Sequence[Task] | None = None) -> str:
    """Return the page, in Markdown."""
    families = dict.fromkeys(feature.family for feature in features)
    parts = [_INTRODUCTION, *(_family(name, features) for name in families), _TASKS]
    parts += [_task(task) for task in (bundled_tasks() if tasks is None else tasks)]
    return "\n".join([*parts, _notation(), _NORMS])


def _family(name: str, features: Iterable[Feature]) -> str:
    rows = [
        "| name | on pages | unit | formula | view | least | source | NaN where |",
        f"|{'---|' * 8}",
    ]
    rows += [
        f"| {' | '.join(map(_cell, cells))} |"
        for feature in features
        if feature.family == name
        for cells in [_cells(feature)]
    ]
    return f"## {name.capitalize()}\n\n{_FAMILIES.get(name, '')}\n\n" + "\n".join(rows) + "\n"


def _cells(feature: Feature) -> tuple[str, ...]:
    undefined = "" if feature.undefined == Feature.__dataclass_fields__["undefined"].default else feature.undefined
    least = str(feature.minimum)
    title = display_of(feature.key, unit=feature.unit).title
    return (f"`{feature.key}`", title, feature.unit, feature.formula, feature.view, least, feature.source, undefined)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("*", r"\*")


def _task(task: Task) -> str:
    lines = [f"### {task.title}", "", f"`{task.name}`, also {', '.join(f'`{alias}`' for alias in task.aliases)}."]
    lines[-1] += (
        f" {task.source}. Units in the order that the order of mention is compared with:" if task.source else ""
    )
    numbered = [f"{unit.name} ({unit.category})" for unit in task.units]
    counts = [f"{sum(unit.category == own for unit in task.units)} {own}s" for own in CATEGORIES]
    return "\n".join([*lines, "", "; ".join(numbered) + f". In all {len(numbered)}: {', '.join(counts)}.", ""])


def _notation() -> str:
    """Return the head of the shipped task file, which explains the notation, and a small file."""
    text = files("adscreen.features.tasks").joinpath("cookie_theft.toml").read_text(encoding="utf-8")
    head = text.partition("\n\n")[0]
    example = f"A small one:\n\n```toml\n{EXAMPLE}```\n"
    return f"### How to write one\n\nThe head of `cookie_theft.toml`:\n\n```toml\n{head}\n```\n\n{example}"
