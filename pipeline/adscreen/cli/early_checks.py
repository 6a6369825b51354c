"""The cohort of a command -> read and checked at once, before anything slow is imported or loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adscreen.cohort import Cohort
    from adscreen.cohort.reading import Reading
    from adscreen.estimator.study import StudySettings


def read_cohort_for(out: Path, manifest: Path, how: Reading, *, force: bool) -> Cohort:
    """Return the cohort of a manifest, after a look at whether the results may be written.

    Raises:
        InputError: ``out`` is taken, or the manifest or its condition cannot be used.
    """
    from adscreen.studies.runs import check_free

    check_free(out, force=force)
    return how.read(manifest)


def check_study(cohort: Cohort, study: StudySettings) -> None:
    """Check that a cohort has two labels, and the columns of the study's blocks.

    Raises:
        InputError: it has not.
    """
    from adscreen.studies.feature_run import check_columns

    _ = cohort.labels
    check_columns(cohort, study.blocks)
