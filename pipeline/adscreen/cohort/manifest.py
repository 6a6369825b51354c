"""A cohort manifest, one row a recording -> a Cohort.

``subject_id`` and ``transcript`` (a path relative to the manifest) are required, or ``text``, the speech itself; the
other columns that adscreen knows are the fields of Recording, and any further column is carried along. Identifiers,
visits and labels are text (``007`` stays ``007``); ``age``, ``education`` and ``mmse`` are numbers within RANGES. Ids
that are one under identity_key are one person, and appear as their first row writes them. Whether a transcript exists
is seen when it is read.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adscreen.cohort.cohort import Cohort, Recording
from adscreen.cohort.columns import require_columns, standard_name
from adscreen.cohort.files import holds_many
from adscreen.cohort.identity import identity_key, show
from adscreen.cohort.labels import Names, changing_subjects, describe_changes, group_labels
from adscreen.cohort.matching import describe_matching
from adscreen.cohort.missing_codes import Missing
from adscreen.cohort.recordings import REQUIRED, Recordings
from adscreen.cohort.selection import select
from adscreen.cohort.sheets import name_other_sheets, refuse_sheet
from adscreen.cohort.spoken_text import find_text, is_words, not_a_path, take_text, two_sources
from adscreen.cohort.spreadsheet import parse_frame, read_table
from adscreen.cohort.values import Emptied, require_in_range, standardise
from adscreen.records import Transcript

if TYPE_CHECKING:
    import pandas as pd
from adscreen.errors import InputError

_HERE = Path()


def read_cohort(
    source: str | Path | pd.DataFrame,
    *,
    where: str | None = None,
    positive: Names | None = None,
    negative: Names | None = None,
    label_by_visit: bool = False,
    missing: Missing | None = None,
    sex: Mapping[str, str] | None = None,
    same_id: bool = False,
    participant: str | None = None,
    task: str | None = None,
    sheet: str | None = None,
    gem: str | None = None,
) -> Cohort:
    """Read a cohort from a manifest (CSV, TSV, Parquet or Excel by its extension) or from a data frame of its columns.

    It may hold the speech itself instead of paths: a column ``text`` (what a plain-text transcript would hold) or, in a
    data frame, Transcript records in ``transcript``. Relative paths begin at the manifest's folder, those of a data
    frame at the working directory. ``where`` is a condition on the columns, such as ``mmse >= 20``; rows that do not
    meet it are left out. ``positive`` names the label of the cases (default: the one that is no usual name of
    controls), ``negative`` that of the controls; several labels of one side become one (see ``group_labels``).
    ``label_by_visit`` allows a subject's label to differ between visits. ``missing`` are the codes that mean a missing
    value in a column (``{"age": ["-99", "999"]}``), the name of a study whose codes are known (``"nacc"``, ``"adni"``),
    or several of these. ``sex`` says what codes of the column ``sex`` mean: ``{"0": "male", "1": "female"}``. Subject
    cluster and match ids that differ only in Unicode form, case, spaces or invisible characters are one, ``same_id``
    joins those that differ in leading zeros; the cohort's ``notes`` say so. ``participant`` (a speaker's label, or
    ``longest``) and ``task`` hold where neither the manifest nor the file specifies them; ``gem`` (a gem of CHAT files,
    or ``all``) where the manifest names none. ``sheet`` is the name or number of a workbook's sheet.

    Raises:
        InputError: the file or a row cannot be read, the condition is wrong or leaves no row, a recording or
            transcript comes twice, a subject has two labels or clusters, no row has a label that is named, an age, MMSE
            score or years of education cannot be a person's, sex is written in words and in numbers, or a column of
            ``missing`` does not exist.

    >>> import pandas as pd
    >>> cohort = read_cohort(pd.DataFrame({"subject_id": ["S1", "S2"], "text": ["a boy", "um a girl"]}))
    >>> [recording.recording_id for recording in cohort.recordings]
    ['S1', 'S2']
    """
    own: dict[str, Any] = {"same_id": same_id, "participant": participant, "task": task, "sheet": sheet, "gem": gem}
    cohort = _read_rows(source, missing or {}, sex, **own)
    return _complete(cohort, where, positive, negative, label_by_visit=label_by_visit)


def read_tested(
    source: str | Path,
    *,
    known: Collection[str],
    where: str | None = None,
    positive: Names | None = None,
    negative: Names | None = None,
    label_by_visit: bool = False,
    missing: Missing | None = None,
    sex: Mapping[str, str] | None = None,
    **own: Any,
) -> Cohort:
    """Read a cohort to test on, as ``read_cohort`` does.

    ``known`` are the labels behind the groups of training: one of them may be named although this manifest lacks it.

    Raises:
        InputError: what ``read_cohort`` raises.
    """
    cohort = _read_rows(source, missing or {}, sex, **own)
    return _complete(cohort, where, positive, negative, label_by_visit=label_by_visit, known=known)


def _read_rows(
    source: str | Path | pd.DataFrame,
    missing: Missing,
    sex: Mapping[str, str] | None,
    *,
    same_id: bool = False,
    participant: str | None = None,
    task: str | None = None,
    sheet: str | None = None,
    gem: str | None = None,
) -> Cohort:
    """Read every row of a manifest or a data frame."""
    given: object = source
    own: dict[str, Any] = {"same_id": same_id, "default_speaker": participant, "default_task": task, "sex": sex}
    own["default_gem"] = gem
    if isinstance(given, str | Path):
        cohort = _of_file(Path(given), missing, sheet=sheet, **own)
    elif sheet is not None:
        raise refuse_sheet("DataFrame")
    elif hasattr(given, "itertuples"):
        cohort = _of_frame(source, missing, **own)  # type: ignore[arg-type]
    else:
        what = f"is a {type(given).__name__}"
        raise InputError(what, where="source=", remedy="give a manifest's path or a data frame")
    if not cohort.recordings:
        raise InputError("no rows below the header", where=cohort.path.name)
    return cohort


def _complete(
    cohort: Cohort,
    where: str | None,
    positive: Names | None,
    negative: Names | None,
    *,
    label_by_visit: bool,
    known: Collection[str] = (),
) -> Cohort:
    """Choose rows, group their labels, and check what must hold between rows."""
    if where is not None:
        cohort = select(cohort, where)
    cohort = group_labels(cohort, positive=positive, negative=negative, known=known)
    _check(cohort, label_by_visit=label_by_visit)
    changing = changing_subjects(cohort.recordings) if label_by_visit else []
    notes = [describe_changes(changing)] if changing else []
    notes += describe_matching(cohort.recordings)
    return replace(cohort, notes=(*cohort.notes, *notes)) if notes else cohort


def _of_file(path: Path, missing: Missing, *, sheet: str | None, **own: Any) -> Cohort:
    opened = read_table(path, sheet=sheet)
    try:
        table, emptied = standardise(opened, missing=missing, file=path.name)
        require_columns(table.columns, REQUIRED[:1], file=path.name)
        table, content = take_text(table, folder=path.parent, file=path.name)
        require_columns(table.columns, REQUIRED, file=path.name)
    except InputError as error:
        raise name_other_sheets(error, opened.sheets, opened.sheet) from None
    cohort = _cohort(path, Recordings(table, folder=path.parent, file=path.name, content=content, **own), emptied)
    return replace(cohort, notes=(*opened.notes, *cohort.notes))


def _of_frame(frame: pd.DataFrame, missing: Missing, **own: Any) -> Cohort:
    """Read a data frame; speech in it is taken out of the cells, which are text."""
    path = Path("DataFrame")
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise InputError(f"two columns are called `{twice[0]}`", where=path.name, remedy="rename or remove one")
    frame, content = _take_speech(frame)
    require_columns([standard_name(str(column)) for column in frame.columns], REQUIRED, file=path.name)
    table, emptied = standardise(parse_frame(frame, file=path.name), missing=missing, file=path.name)
    return _cohort(path, Recordings(table, folder=Path.cwd(), file=path.name, content=content, **own), emptied)


def _cohort(path: Path, recordings: Recordings, emptied: Emptied) -> Cohort:
    notes = (*recordings.notes, *emptied.describe())
    return Cohort(path, recordings, notes=notes, sexes=recordings.sexes)


def _take_speech(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Transcript | str] | None]:
    """Return the frame with a name in place of each speech, and the speeches; None where it holds paths."""
    column = find_text(list(map(str, frame.columns)), file="DataFrame") or "transcript"
    values = frame[column].tolist() if column in frame else []
    if column != "transcript":
        if "transcript" in frame and frame["transcript"].notna().any():
            raise two_sources("DataFrame")
        wrong = next((number for number, value in enumerate(values, start=1) if not isinstance(value, str)), None)
        if wrong is not None:
            raise InputError(f"row {wrong} has no text", where="DataFrame", remedy="leave the row out")
    elif not values or not all(isinstance(value, Transcript) for value in values):
        wrong = next((n for n, v in enumerate(values, start=1) if isinstance(v, str) and is_words(v, folder=_HERE)), 0)
        if wrong:
            raise not_a_path(wrong, file="DataFrame")
        return frame, None
    names = [f"row {number}" for number in range(1, len(values) + 1)]
    return frame.drop(columns=column).assign(transcript=names), values


def make_cohort(
    speech: Sequence[str | Transcript],
    *,
    subjects: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    positive: Names | None = None,
    negative: Names | None = None,
    label_by_visit: bool = False,
    **columns: Sequence[object],
) -> Cohort:
    """Return a cohort of transcripts in memory: texts (as plain-text files would hold them) or Transcript records.

    ``subjects`` says who speaks; texts need it, Transcript records name their own. ``columns`` are further columns of a
    manifest, one value per recording: ``visit=[1, 2]``, ``age=[71, 72]``, ``cluster=[...]``. ``positive``, ``negative``
    and ``label_by_visit`` are those of ``read_cohort``.

    Raises:
        InputError: the lengths differ, texts come without ``subjects``, or what ``read_cohort`` raises.

    >>> cohort = make_cohort(["a boy", "um a girl"], subjects=["S1", "S2"], labels=["control", "dementia"])
    >>> cohort.labels
    ('control', 'dementia')
    """
    import pandas as pd

    if isinstance(speech, str):
        raise InputError("is one text", where="speech", remedy="give a list of texts")
    taken = sorted({"text", "transcript", "subject_id", "label"} & set(columns))
    if taken:
        raise InputError(f"column {taken[0]!r} is given otherwise", where="columns", remedy="leave it out")
    own: dict[str, Sequence[object]] = {"subject_id": subjects} if subjects is not None else {}
    if all(isinstance(one, Transcript) for one in speech):
        records = [one for one in speech if isinstance(one, Transcript)]
        known = ("recording_id", "subject_id", "visit", "task", "language")
        own = {name: [getattr(one, name) for one in records] for name in known} | own
        own["transcript"] = records
    elif all(isinstance(one, str) for one in speech):
        own["text"] = list(speech)
    else:
        raise InputError("holds texts and Transcript records", where="speech", remedy="give one kind")
    if "subject_id" not in own:
        raise InputError("missing", where="subjects", remedy="name the speaker of each text")
    own |= columns | ({"label": labels} if labels is not None else {})
    wrong = next((name for name, values in own.items() if len(values) != len(speech)), None)
    if wrong is not None:
        raise InputError(f"{wrong} has {len(own[wrong])} values for {len(speech)} recordings", where="make_cohort")
    frame = pd.DataFrame({name: list(values) for name, values in own.items()})
    return read_cohort(frame, positive=positive, negative=negative, label_by_visit=label_by_visit)


def _check(cohort: Cohort, *, label_by_visit: bool) -> None:
    """Check what must hold between rows; raises InputError where it does not.

    The first pass keeps eight bytes a name, for a manifest may be long. Only where two names may be the same, or a
    subject has two values, a second one keeps all names and says which rows.
    """
    constant = ("cluster",) if label_by_visit else ("label", "cluster")
    if _may_be_wrong(cohort, constant):
        _name_fault(cohort, constant)
    require_in_range(cohort)


def _may_be_wrong(cohort: Cohort, constant: Sequence[str]) -> bool:
    ids, paths = array("q"), array("q")  # hashes
    known: dict[str, dict[str, str]] = {column: {} for column in constant}
    for recording in cohort.recordings:
        ids.append(hash(identity_key(recording.recording_id)))
        if recording.content is None and not holds_many(recording.transcript):
            paths.append(hash(os.fspath(recording.transcript)))
        for column, values in known.items():
            value = getattr(recording, column)
            if value is not None and values.setdefault(recording.subject_id, value) != value:
                return True
    return _has_repeats(ids) or _has_repeats(paths)


def _has_repeats(hashes: array[int]) -> bool:
    return any(first == second for first, second in pairwise(sorted(hashes)))


def _name_fault(cohort: Cohort, constant: Sequence[str]) -> None:
    """Raise InputError that names the first rows at fault."""
    ids: dict[str, Recording] = {}
    paths: dict[str, int] = {}
    values: dict[str, dict[str, tuple[str, int]]] = {column: {} for column in constant}
    for recording in cohort.recordings:
        _check_unique(recording, ids, paths, file=cohort.path.name)
        for column, first in values.items():
            _check_one_value(recording, column, first, file=cohort.path.name)


def _check_unique(recording: Recording, ids: dict[str, Recording], paths: dict[str, int], *, file: str) -> None:
    """Check that no earlier row is the same recording or names the same transcript."""
    one = ids.setdefault(identity_key(recording.recording_id), recording)
    if one.row != recording.row:
        names = [one.recording_id, recording.recording_id]
        told = repr(names[0]) if names[0] == names[1] else " and ".join(map(show, names))
        raise InputError(
            f"rows {one.row} and {recording.row} are both recording {told}",
            where=file,
            remedy="tell them apart in a column `visit` or `recording_id`",
        )
    if recording.content is not None or holds_many(recording.transcript):
        return
    first = paths.setdefault(os.fspath(recording.transcript), recording.row)
    if first != recording.row:
        raise InputError(f"rows {first} and {recording.row} name the same transcript", where=file)


def _check_one_value(recording: Recording, column: str, known: dict[str, tuple[str, int]], *, file: str) -> None:
    """Check that the subject has the label, or cluster, that it has in earlier rows."""
    value = getattr(recording, column)
    if value is None:
        return
    first, row = known.setdefault(recording.subject_id, (value, recording.row))
    if first != value:
        other = ", or, if the label is that of the visit, add label_by_visit=" if column == "label" else ""
        raise InputError(
            f"subject {recording.subject_id!r}{_also(recording)} has {column} {first!r} in row {row} and {value!r} in "
            f"row {recording.row}",
            where=file,
            remedy=f"correct one, {'' if other else 'or '}leave rows out with where={other}",
        )


def _also(recording: Recording) -> str:
    """Name the spelling of this row where it is not the subject's first one."""
    return f" (in row {recording.row} {show(recording.spelling)})" if recording.spelling else ""
