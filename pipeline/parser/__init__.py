"""Utterances -> lemmas, parts of speech and dependency trees."""

from __future__ import annotations

from pipeline.parser.loading import BUNDLED, load_parser
from pipeline.parser.spacy_parser import Parser
from pipeline.parser.tree import ROOT, ParsedSentence, ParsedWord

__all__ = ["BUNDLED", "ROOT", "ParsedSentence", "ParsedWord", "Parser", "load_parser"]
