"""A Word document (.docx) -> its paragraphs and table rows as lines of plain text; needs the extra ``docx``."""

from __future__ import annotations

import io

from adscreen.cohort.files import check_members
from adscreen.errors import InputError


def read_document(content: bytes, *, where: str) -> str:
    """Return the text of a document, a paragraph a line, in order; the cells of a table row are parted by `: `.

    Raises InputError where python-docx is not installed and where the document is damaged.
    """
    try:
        import docx
    except ModuleNotFoundError:
        raise InputError(
            "a Word document", where=where, remedy="install adscreen[docx], or save it as plain text"
        ) from None
    check_members(content, where=where)
    try:
        blocks = list(docx.Document(io.BytesIO(content)).iter_inner_content())
        lines = [line for block in blocks for line in _lines(block)]
    except Exception:  # python-docx raises whatever its XML leads it into
        raise InputError("a damaged Word document", where=where, remedy="save it again") from None
    return "\n".join(lines)


def _lines(block: object) -> list[str]:
    if hasattr(block, "rows"):
        return [": ".join(filter(None, [cell.text.strip() for cell in row.cells])) for row in block.rows]
    return str(getattr(block, "text", "")).splitlines()
