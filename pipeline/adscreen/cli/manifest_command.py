"""The command that makes a manifest of a corpus folder or a table: manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.cli.app import command
from adscreen.cli.flags import with_flags
from adscreen.cli.options import ForceOpt, QuietOpt, say
from adscreen.cli.panels import cohort_option, output_option
from adscreen.errors import InputError
from adscreen.writing import count, write_csv

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """The clinical table that a manifest is joined with, or the table that it is made of."""

    metadata: Annotated[
        Path | None,
        cohort_option("--metadata", help="Clinical table (CSV, TSV, Parquet or Excel) to join by subject and visit."),
    ] = None
    key: Annotated[
        str | None, cohort_option("--key", help="Its column of subject ids [subject_id].", metavar="<column>")
    ] = None
    rename: Annotated[
        list[str] | None,
        cohort_option(
            "--rename", metavar="<name=column>", help="Rename a column of a table: ID=subject_id. May be repeated."
        ),
    ] = None
    sheet: Annotated[str | None, cohort_option("--sheet", help="Sheet of an Excel table: its name or number [1].")] = (
        None
    )
    same_id: Annotated[
        bool, cohort_option("--same-id", help="Ids that differ only in leading zeros (7, 007) are the same.")
    ] = False

    def renames(self) -> dict[str, str]:
        """Return the new name of each column.

        Raises:
            InputError: one is not ``name=column``, or a name comes twice.
        """
        names: dict[str, str] = {}
        for one in self.rename or ():
            old, equals, new = one.rpartition("=")
            if not (equals and old.strip() and new.strip()):
                raise InputError(f"{one!r} names no two columns", where="--rename", remedy="write ID=subject_id")
            if old.strip() in names:
                raise InputError(f"{old.strip()!r} is renamed twice", where="--rename", remedy="leave one out")
            names[old.strip()] = new.strip()
        return names


@command()
def manifest(
    folder: Annotated[Path, typer.Argument(help="Corpus folder, a .zip of one, or a table.", show_default=False)],
    layout: Annotated[
        str,
        typer.Option(help="`folder` (files named LABEL/SUBJECT_VISIT.cha, .docx ...), `table`, `pitt` or `adress`."),
    ],
    pattern: Annotated[
        str | None,
        typer.Option(help="For `folder`: a regular expression for other names, with (?P<subject>...), (?P<label>...)."),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(help="Endings of the files to take where a recording is there in several formats: json."),
    ] = None,
    one_person: Annotated[
        bool, typer.Option("--one-person", help="A number under two labels (Control and Dementia) is one person.")
    ] = False,
    *,
    table: TableOptions,
    out: Annotated[Path | None, output_option("--out", "-o", help="File to write [FOLDER/manifest.csv].")] = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Build a manifest from a corpus folder or a table: one row per recording.

    Example: adscreen manifest Pitt --layout pitt --metadata clinical.xlsx --key id --rename educ=education
    """
    from adscreen.cohort.layouts import build_manifest
    from adscreen.cohort.layouts.summary import count_subjects, describe_manifest

    path = out or (folder.parent if folder.is_file() else folder) / "manifest.csv"
    _check_place(path, folder, table.metadata, layout=layout, force=force)
    frame = build_manifest(
        folder,
        layout,  # type: ignore[arg-type]
        pattern=pattern,
        one_person=one_person,
        only=[ending.strip() for ending in only.split(",")] if only else (),
        metadata=table.metadata,
        key=table.key,
        rename=table.renames(),
        sheet=table.sheet,
        same_id=table.same_id,
        relative_to=path.parent,
    )
    write_csv(frame, path)
    for line in (*_notes(frame, one_person=one_person), *describe_manifest(frame)):
        say(quiet, with_flags(line))
    say(quiet, f"Wrote {path}: {count(len(frame), 'recording')} of {count_subjects(frame)}")


def _check_place(path: Path, folder: Path, metadata: Path | None, *, layout: str, force: bool) -> None:
    """Raise InputError where the layout is unknown, or the manifest may not be written there."""
    if layout not in ("pitt", "adress", "folder", "table"):
        raise InputError(f"unknown layout {layout!r}", where="--layout", remedy="use pitt, adress, folder or table")
    if any(source is not None and path.resolve() == source.resolve() for source in (folder, metadata)):
        raise InputError("is the table that is read", where=str(path), remedy="name another file with --out")
    if path.exists() and not force:
        raise InputError("already exists", where=str(path), remedy="name another with --out, or add --force")
    if not path.parent.is_dir():
        raise InputError("no such folder", where=str(path.parent), remedy="make it, or name another file with --out")


def _notes(frame: pandas.DataFrame, *, one_person: bool) -> list[str]:
    """Return what a user should know of how the folder was read."""
    notes = []
    if shared := frame.attrs["in_both_groups"]:
        treated = "taken for one person each" if one_person else "kept apart; if one person each, add --one-person"
        notes.append(f"Subject numbers under two labels: {len(shared)} ({treated})")
    if left_out := frame.attrs["left_out"]:
        listed = ", ".join(f"{number} {ending}" for ending, number in sorted(left_out.items()))
        notes.append(
            f"Left out {count(sum(left_out.values()), 'file')}: {listed}; `adscreen formats` says what is read"
        )
    return notes + [f"Note: {note}" for note in frame.attrs["notes"]]
