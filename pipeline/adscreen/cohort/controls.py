"""A label -> whether it is a usual name of a control.

The names are those of public data sets and their dictionaries: ``Control`` (DementiaBank), ``cc`` and ``cn`` (ADReSS,
ADReSSo), ``CN`` and ``NL`` (ADNI), "Normal cognition" (NACC's UDS), ``NCI`` (ROSMAP), "Nondemented" (OASIS),
"cognitively unimpaired" (NIA-AA), and what papers abbreviate. Letter case and what stands between words do not matter.
"""

from __future__ import annotations

import re

from adscreen.cohort.identity import tidy

_BETWEEN_WORDS = re.compile(r"[\s_.\-–]+")
_NAMES = frozenset(
    (
        *("control", "controls", "ctrl", "ctrls", "ctl", "con", "cc", "controlgroup"),
        *("hc", "hcs", "hv", "hoa", "healthy", "healthycontrol", "healthycontrols", "healthyadult", "healthyadults"),
        *("healthyolderadult", "healthyolderadults", "healthyelderly", "healthyvolunteer", "healthyvolunteers"),
        *("cn", "nc", "nl", "cu", "nci", "normal", "normals", "normalcontrol", "normalcontrols", "normalcognition"),
        *("cognitivelynormal", "cognitivelyhealthy", "cognitivelyunimpaired", "cognitivelyintact", "unimpaired"),
        *("nocognitiveimpairment", "nondemented", "nodementia", "neurotypical", "elderlycontrol", "elderlycontrols"),
    )
)


def is_control(label: str) -> bool:
    """Return whether a label is a usual name of a control.

    >>> [is_control(label) for label in ("HC", "Healthy-Control", "cognitively normal", "MCI", "non-AD")]
    [True, True, True, False, False]
    """
    return _BETWEEN_WORDS.sub("", tidy(label).casefold()) in _NAMES
