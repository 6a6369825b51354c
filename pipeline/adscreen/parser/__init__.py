"""Utterances -> lemmas, parts of speech and dependency trees."""

from __future__ import annotations

from adscreen.parser.loading import BUNDLED, load_parser
from adscreen.parser.spacy_parser import Parser
from adscreen.parser.tree import ROOT, ParsedSentence, ParsedWord

__all__ = ["BUNDLED", "ROOT", "ParsedSentence", "ParsedWord", "Parser", "load_parser"]
