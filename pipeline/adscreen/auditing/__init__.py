"""Cohorts' tables, or a finished evaluation -> findings: leakage, duplicates, shortcuts. No transcript text in any."""

from __future__ import annotations

from dataclasses import replace

from adscreen.auditing.composition import describe_composition
from adscreen.auditing.confounds import find_shortcuts
from adscreen.auditing.duplicates import find_duplicates
from adscreen.auditing.finding import Finding, in_order
from adscreen.auditing.identities import find_identities
from adscreen.auditing.other_language import describe_language
from adscreen.auditing.reading import read_speech
from adscreen.auditing.recorded import audit_run
from adscreen.evaluation import join_cohorts
from adscreen.extract.feature_table import FeatureTable

__all__ = ["Finding", "audit_cohort", "audit_cohorts", "audit_run", "read_speech"]


def audit_cohort(table: FeatureTable) -> list[Finding]:
    """Return what is notable in a cohort, errors first. The table is that of ``read_speech``.

    Where the table has no two labels, nothing that depends on labels is examined.
    """
    return in_order(
        [
            *describe_language(table),
            *find_duplicates(table),
            *find_identities(table),
            *find_shortcuts(table),
            *describe_composition(table),
        ]
    )


def audit_cohorts(training: FeatureTable, test: FeatureTable) -> list[Finding]:
    """Return what is notable in a training cohort and in the one that it is tested on, errors first.

    Copies and ids are looked for across both, everything else in each.
    """
    both = join_cohorts(training, test)
    own = [*find_shortcuts(training), *describe_composition(training)]
    others = [*find_shortcuts(test), *describe_composition(test)]
    named = [replace(one, where=f"test cohort: {one.where}") for one in others]
    return in_order([*find_duplicates(both), *find_identities(both), *own, *named])
