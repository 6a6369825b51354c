"""The XML of an annotation tool -> its root element, or the name of a format that is not read."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.xml_document import declared_encoding, is_xml, parse_xml, root_name

PLAIN = '<?xml version="1.0"?>\n<!-- made - by hand -->\n<!DOCTYPE Trans SYSTEM "trans-14.dtd">\n<Trans>é</Trans>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_plain_document_type_is_passed_over(encoding: str) -> None:
    """A declaration that only names a grammar is no harm in any encoding; the grammar is not fetched."""
    assert "é" == parse_xml(PLAIN.encode(encoding), where="a.trs", remedy="").text
    assert "Trans" == root_name(PLAIN)


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]>',
        '<!DOCTYPE a SYSTEM "x" [<!ENTITY b "c">]>',
        '<!DOCTYPE a SYSTEM "x"><!DOCTYPE a [<!ENTITY b "c">]>',
        '<!DOCTYPE a SYSTEM "x>" [<!ENTITY b "c">]>',
        '<!DOCTYPE a SYSTEM "x"><!ENTITY b "c">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(prolog: str, encoding: str) -> None:
    """Whatever stands before it, an internal subset or an entity is refused before parsing."""
    with pytest.raises(InputError, match="XML with a document type declaration"):
        parse_xml(f"{prolog}<a>&b;</a>".encode(encoding), where="a.xml", remedy="")


def test_the_declared_encoding_is_used() -> None:
    """ISO-8859-1 is read as such; a name that is none is not believed."""
    content = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1")
    assert ("ISO-8859-1", "é") == (declared_encoding(content), parse_xml(content, where="a", remedy="").text)
    assert "" == declared_encoding(b'<?xml version="1.0" encoding="none"?><a/>')


def test_an_element_that_spans_the_text_is_xml() -> None:
    """Tags inside prose make no XML of it."""
    assert [True, True, False, False] == [is_xml(text) for text in ("<a>b</a>", "<?xml", "<a> b", "b <a/>")]


@given(st.text(alphabet=st.characters() | st.sampled_from("<!-?>[]DOCTYPE a&;"), max_size=80))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """Nothing but an InputError is raised."""
    with suppress(InputError):
        parse_xml(text.encode("utf-8", "replace"), where="a", remedy="")
    assert root_name(text + " " * 5000 + "<!-- " * 50) is not None
