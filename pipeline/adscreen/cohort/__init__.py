"""A manifest or a corpus folder -> a Cohort: the recordings of a study and what is known of each."""

from adscreen.cohort.cohort import COVARIATES, Cohort, Recording, cell_number, choose_labels
from adscreen.cohort.layouts import build_manifest
from adscreen.cohort.manifest import make_cohort, read_cohort

__all__ = [
    "COVARIATES",
    "Cohort",
    "Recording",
    "build_manifest",
    "cell_number",
    "choose_labels",
    "make_cohort",
    "read_cohort",
]
