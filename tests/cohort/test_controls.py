"""A label -> whether it is a usual name of a control."""

from __future__ import annotations

import pytest

from adscreen.cohort import choose_labels
from adscreen.cohort.controls import is_control
from adscreen.errors import InputError


@pytest.mark.parametrize(
    "label",
    [
        *("control", "Controls", "HC", "hc", "CN", "NC", "NL", "CON", "cc", "Healthy", "healthy control", "Normal"),
        *("Healthy-Controls", "cognitively_normal", "Cognitively  Unimpaired", "non-demented", "Normal cognition"),
        *("Control\u200b", "NEUROTYPICAL", "No Dementia", "NCI"),
    ],
)
def test_names_of_controls(label: str) -> None:
    """The case is the other label, and the control keeps its spelling."""
    assert is_control(label)
    assert (label, "MCI") == choose_labels([label, "MCI"], where="m.csv")


@pytest.mark.parametrize("label", ["MCI", "AD", "case", "0", "non-AD", "SCD", "impaired", "decline", "PPA", ""])
def test_other_labels(label: str) -> None:
    """A group that may be ill otherwise, a code and a part of a name are none."""
    assert not is_control(label)


def test_two_names_of_controls_are_ambiguous() -> None:
    """The line says why, and `positive` still decides."""
    with pytest.raises(InputError, match="CN, HC, both of which are names of controls; name it with positive="):
        choose_labels(["HC", "CN"], where="m.csv")
    assert ("CN", "HC") == choose_labels(["HC", "CN"], "HC", where="m.csv")
