"""A manifest or a corpus folder -> a Cohort: the recordings of a study and what is known of each."""

from adscreen.cohort.cohort import Cohort, Recording, choose_labels
from adscreen.cohort.layouts import build_manifest
from adscreen.cohort.manifest import make_cohort, read_cohort

__all__ = ["Cohort", "Recording", "build_manifest", "choose_labels", "make_cohort", "read_cohort"]
