"""A study and a table -> how many coefficients the data choose, in the fusion and inside the members."""

from __future__ import annotations

from adscreen.estimator.hybrid_perplexity import SUMMARIES
from adscreen.estimator.study import BILM, DOC2VEC, ELMO, HYBRID, PAIRED, WORDS, StudySettings
from adscreen.estimator.word_weights import WordWeights
from adscreen.extract.feature_table import TOKENS, FeatureTable


def count_columns(table: FeatureTable, study: StudySettings) -> int:
    """Return the coefficients of all members at the largest settings tried: one for each column that a member reads.

    Principal components and Doc2Vec's numbers count as columns; what it took to find them does not. A block in two
    members counts twice.
    """
    return sum(_columns(block, table, study) for member in study.members for block in member.split("+"))


def _columns(block: str, table: FeatureTable, study: StudySettings) -> int:
    if block == DOC2VEC:
        return max(study.search.doc2vec_size)
    if block == ELMO:
        return min(max(study.search.elmo_size), _of_family(ELMO, table), len(table) - 1)
    if block == BILM:
        return _of_family("perplexity", table) + 1  # and the share of sentences above the controls' percentile
    if block == WORDS:
        return len(WordWeights().fit(table.inputs[TOKENS].tolist()).vocabulary_)
    return {HYBRID: len(SUMMARIES), PAIRED: 1}.get(block) or _of_family(block, table)


def _of_family(family: str, table: FeatureTable) -> int:
    return sum(str(name).startswith(f"{family}.") for name in table.inputs.columns)
