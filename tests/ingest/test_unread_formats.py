"""Formats that are not read are refused by name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adscreen.ingest.unread_formats import refuse_document, refuse_owner_file, refuse_text


@given(st.text(st.characters(categories=("Ll", "Lu", "Nd")) | st.sampled_from(" .,:?!-\n")))
def test_prose_is_not_refused(text: str) -> None:
    """Words and punctuation are none of these formats."""
    refuse_text(text, where="a.txt")
    refuse_document(text.encode(), where="a.txt")


@given(st.text(st.characters(categories=("Ll", "Lu", "Nd")), min_size=1).map(lambda name: f"{name}.docx"))
def test_names_of_documents_are_not_refused(name: str) -> None:
    """Only the names that programs give their own files are."""
    refuse_owner_file(name, where=name)
