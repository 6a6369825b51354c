"""Documents -> arrays: scikit-learn transformers for plain text.

A document is a string, or a sequence of tokens that were cut already (``documents``). ``ElmoVectorizer`` and
``PerplexityVectorizer`` read documents with a frozen biLM and learn nothing. ``Doc2VecVectorizer`` learns from the
documents that it is fitted on; it stands with the estimators (``adscreen.estimator.doc2vec``), which use it too.
"""

from adscreen.text.vectorizers import ElmoVectorizer, PerplexityVectorizer

__all__ = ["ElmoVectorizer", "PerplexityVectorizer"]
