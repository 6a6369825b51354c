"""Recordings with matched sets -> sentences on these: how many there are, of what size, and what is unusual in them.

A matched set is a case and the controls that were chosen for it. Folds keep it together: with its case held out and its
controls in training, whatever the matching made alike would be predicted to be a control's, and fall below chance.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from adscreen.cohort.cohort import Recording
from adscreen.cohort.identity import list_some, show
from adscreen.cohort.recordings import Recordings
from adscreen.writing import count


def describe_matching(recordings: Sequence[Recording]) -> list[str]:
    """Return the notes on the matched sets of a cohort with labels; none where it names no set."""
    if isinstance(recordings, Recordings) and "match" not in recordings.columns:
        return []  # a long manifest is not read again for nothing
    members: defaultdict[str, set[str]] = defaultdict(set)
    labels: defaultdict[str, set[str]] = defaultdict(set)
    alone: set[str] = set()
    for recording in recordings:
        if recording.match is None:
            alone.add(recording.subject_id)
            continue
        members[recording.match].add(recording.subject_id)
        labels[recording.match] |= {recording.label} if recording.label else set()
    if not any(labels.values()):
        return []
    alone -= set().union(*members.values())
    return list(_describe(members, labels, alone))


def _describe(members: dict[str, set[str]], labels: dict[str, set[str]], alone: set[str]) -> Iterator[str]:
    sizes = Counter(len(subjects) for subjects in members.values())
    counted = ", ".join(f"{number} of {size}" for size, number in sorted(sizes.items(), reverse=True))
    sets = count(len(members), "matched set")
    yield f"{sets} (column `match`; by number of subjects: {counted}): folds keep each set together"
    single = [name for name, subjects in members.items() if len(subjects) == 1]
    if single:
        listed = list_some(map(show, single))
        yield f"{count(len(single), 'matched set')} of one subject, who is matched to nobody: {listed}"
    pure = [name for name, found in labels.items() if len(found) == 1 and len(members[name]) > 1]
    if pure:
        listed = list_some(map(show, pure))
        yield f"{count(len(pure), 'matched set')} of one label, so no case in it is matched to a control: {listed}"
    if alone:
        yield f"{count(len(alone), 'subject')} in no matched set; folds keep the recordings of each together"
