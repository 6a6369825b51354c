"""Formats that are not read are refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.unread_formats import refuse_document, refuse_text, refuse_xml


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("%!PS-Adobe\n", "PostScript"),
        ("\\documentclass{article}\n", "LaTeX"),
        ("Return-Path: <a@b.c>\n", "an e-mail"),
        ("SPEAKER s1 1 0.00 3.21 <NA> <NA> anna <NA> <NA>\n", "RTTM"),
        (";; made by hand\nSPKR-INFO s1 1 <NA> <NA> <NA> unknown anna <NA>\n", "RTTM"),
        ('<tt xml:lang="en"><body><p>hi', "TTML"),
        ('<?xml version="1.0"?><!-- a --><!DOCTYPE timedtext SYSTEM "a.dtd"><timedtext/>', "YouTube"),
        ("<corpus><text>hi</text></corpus>", "corpus"),
    ],
)
def test_text_is_refused_by_name(text: str, what: str) -> None:
    """How a text begins, or the element that spans it, names its format."""
    with pytest.raises(InputError, match=what):
        refuse_text(text, where="a.txt")


@pytest.mark.parametrize("text", ["<annotation> so", "<chat> we talked", "SPEAKER 1: 2 3 4", "Speaker A 1 0.5 2.0 so"])
def test_notes_and_labels_are_not_refused(text: str) -> None:
    """A note in angle brackets is no XML, and a label no RTTM."""
    refuse_text(text, where="a.txt")


def test_xml_is_named_by_its_root_element() -> None:
    """Whatever its namespace; XML of no known name is refused with what is read."""
    with pytest.raises(InputError, match=r"a TEI document; convert it with TEICORPO"):
        refuse_xml("{http://www.tei-c.org/ns/1.0}TEI", where="a.xml")
    with pytest.raises(InputError, match=r"no ELAN annotation document; of XML, ELAN"):
        refuse_xml("something", where="a.xml")


@given(st.text(st.characters(categories=("Ll", "Lu", "Nd")) | st.sampled_from(" .,:?!-\n")))
def test_prose_is_not_refused(text: str) -> None:
    """Words and punctuation are none of these formats."""
    refuse_text(text, where="a.txt")
    refuse_document(text.encode(), where="a.txt")
