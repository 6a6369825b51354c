"""A manifest or a corpus folder -> a Cohort: the recordings of a study and what is known of each."""

from adscreen.cohort.cohort import Cohort, Recording, labels
from adscreen.cohort.layouts import build_manifest
from adscreen.cohort.manifest import read_manifest

__all__ = ["Cohort", "Recording", "build_manifest", "labels", "read_manifest"]
