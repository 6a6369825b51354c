"""The training log: training.jsonl, which grows with the run -> training.csv and training.png.

A line holds the tokens seen and either the mean sampled loss since the last such line (nats per target) with the speed
(tokens a second), or ``held_out``: the perplexity on the first 2,000 tokens of each source's held-out blocks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

LOG, TABLE, PLOT = "training.jsonl", "training.csv", "training.png"
MEASURES = ("tokens", "loss", "tokens_per_s")


def append_row(folder: Path, row: Mapping[str, Any]) -> None:
    """Add a line to the log of a run; its own line even where a kill cut the last one short."""
    path = folder / LOG
    whole = not path.exists() or path.read_bytes()[-1:] in (b"", b"\n")
    with path.open("a", encoding="utf-8") as stream:
        stream.write(("" if whole else "\n") + json.dumps(dict(row)) + "\n")


def read_log(folder: Path) -> pd.DataFrame:
    """Return the log as a table: tokens, loss, tokens_per_s, then the held-out perplexity of each source.

    A run that went on from a checkpoint saw some tokens anew: only the lines of the second time stay.
    """
    rows: dict[int, dict[str, Any]] = {}
    for line in (folder / LOG).read_text(encoding="utf-8").splitlines():
        with suppress(json.JSONDecodeError):  # cut short by a kill
            row = json.loads(line)
            rows = {tokens: kept for tokens, kept in rows.items() if tokens <= row["tokens"]}
            rows.setdefault(row["tokens"], {}).update(row | row.pop("held_out", {}))
    table = pd.DataFrame(list(rows.values()))
    sources = [name for name in table.columns if name not in MEASURES]
    return table.reindex(columns=[*MEASURES, *sources])


def write_log(folder: Path) -> None:
    """Write training.csv and training.png from training.jsonl."""
    table = read_log(folder)
    table.to_csv(folder / TABLE, index=False, float_format="%.6g", lineterminator="\n")
    draw_log(table, folder / PLOT)


def draw_log(table: pd.DataFrame, path: Path) -> None:
    """Draw the loss and the held-out perplexity of each source over the tokens seen; the same bytes every time."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    losses = table.dropna(subset=["loss"])
    left.plot(losses["tokens"] / 1e6, losses["loss"], color="#444444", linewidth=1)
    left.set_ylabel("sampled loss (nats per target)")
    sources = table[[name for name in table.columns if name not in MEASURES]].dropna(how="all")
    ordered: list[str] = sources.iloc[-1].sort_values(ascending=False).index.to_list() if len(sources) else []
    for number, name in enumerate(ordered):
        right.plot(
            table.loc[sources.index, "tokens"] / 1e6,
            sources[name],
            color=colormaps["tab20"](number % 20),
            marker=".",
            linewidth=1,
            label=f"{name} {sources[name].iloc[-1]:.0f}",
        )
    right.set_ylabel("held-out perplexity, both directions")
    right.set_yscale("log")
    if len(sources):
        right.set_yticks(ticks := [20, 30, 50, 70, 100, 150, 200, 300, 500], [str(tick) for tick in ticks])
        right.minorticks_off()
        right.set_ylim(0.9 * sources.min().min(), 1.1 * sources.max().max())
        right.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize="small")
    for axes in (left, right):
        axes.set_xlabel("tokens seen (millions)")
        axes.grid(visible=True, color="#dddddd", linewidth=0.5)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110, metadata={"Software": None})
