"""The XML of an annotation tool -> its root element.

A document type declaration without an internal subset (``<!DOCTYPE Trans SYSTEM "trans-14.dtd">``) says only where a
grammar lies; it is removed before parsing and never fetched. Any other, and any entity, is refused.
"""

from __future__ import annotations

import codecs
import re
import xml.etree.ElementTree as ET

from adscreen.cohort.files import refuse_entities
from adscreen.errors import InputError

_PROLOG = r"(?:\s++|<\?[^<>]{0,500}\?>|<!--(?:[^-]|-(?!->)){0,5000}+-->)*+"
_DOCTYPE = r"<!DOCTYPE\s[^<>\[\]]{0,500}>"
_PLAIN_DOCTYPE = re.compile(rf"\A({_PROLOG}){_DOCTYPE}")
_ROOT = re.compile(rf"\A\ufeff?{_PROLOG}(?:{_DOCTYPE}{_PROLOG})?<(?:[\w.-]{{1,60}}:)?([\w.-]{{1,60}})")
_ENCODING = re.compile(rb"<\?xml[^<>]{0,100}?encoding=[\"']([A-Za-z0-9._-]{1,40})[\"']")


def root_name(text: str) -> str:
    """Return the name of a document's root element without its prefix, empty where the text is no XML.

    >>> root_name('<?xml version="1.0"?><!DOCTYPE Trans SYSTEM "trans-14.dtd"><Trans>'), root_name("the boy")
    ('Trans', '')
    """
    match = _ROOT.match(text)
    return match[1] if match else ""


def is_xml(text: str) -> bool:
    """Tell whether a text is XML: by its declaration, or, without one, by an element that spans all of it.

    >>> is_xml("<Trans>so</Trans>"), is_xml("<laughs> so")
    (True, False)
    """
    start = text.lstrip("\ufeff \t\n")
    if start.startswith(("<?xml", "<!DOCTYPE", "<ANNOTATION_DOCUMENT")):
        return True
    root = root_name(start)
    return bool(root) and re.search(rf"(?:</(?:[\w.-]{{1,60}}:)?{re.escape(root)}\s*|/)>\Z", start.rstrip()) is not None


def declared_encoding(content: bytes) -> str:
    """Return the encoding that an XML declaration names and in which the content can be read, else nothing."""
    match = _ENCODING.match(content)
    if match is None:
        return ""
    name = match[1].decode("ascii")
    try:
        content.decode(name)
    except (ValueError, LookupError):
        return ""
    return name


def parse_xml(content: bytes, *, where: str, remedy: str) -> ET.Element:
    """Return the root element; ``remedy`` is for damaged XML.

    Raises InputError where the XML is damaged, declares entities or has a document type with an internal subset.
    """
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-8" if wide else "latin-1"  # in latin-1 each byte stays what it is
    try:
        text = content.decode("utf-16") if wide else content.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except UnicodeError:
        raise InputError("damaged XML", where=where, remedy=remedy) from None
    content = _PLAIN_DOCTYPE.sub(r"\1", text, count=1).encode(encoding)
    refuse_entities(content, where=where)
    try:
        return ET.fromstring(content, parser=ET.XMLParser(encoding=encoding) if wide else None)
    except (ET.ParseError, ValueError, LookupError, RecursionError):
        raise InputError("damaged XML", where=where, remedy=remedy) from None
