"""How a table was made -> what each of its perplexity summaries and linguistic features is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adscreen.extract.perplexity import perplexity_dictionary
from adscreen.features import feature_dictionary
from adscreen.features.norms import known_norms


def describe_features(provenance: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return name, family, unit, formula, view and source of each, in table order; word norms among them."""
    norms = known_norms(provenance.get("norms", ()))
    return [*perplexity_dictionary(provenance.get("view", "spoken")), *feature_dictionary(norms)]
