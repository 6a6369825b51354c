"""Names of a language (ISO 639-1, 639-2, 639-3, English names) -> one short code, by which languages are compared."""

from __future__ import annotations

import re

_NAMES = {  # ISO 639-1 (639-3 where there is none) -> 639-3, 639-2/B and English names
    "ar": "ara arabic",
    "bg": "bul bulgarian",
    "ca": "cat catalan",
    "cs": "ces cze czech",
    "cy": "cym wel welsh",
    "da": "dan danish",
    "de": "deu ger german",
    "el": "ell gre greek",
    "en": "eng english",
    "es": "spa spanish castilian",
    "et": "est estonian",
    "eu": "eus baq basque",
    "fa": "fas per persian farsi",
    "fi": "fin finnish",
    "fr": "fra fre french",
    "ga": "gle irish",
    "gl": "glg galician",
    "he": "heb hebrew",
    "hi": "hin hindi",
    "hr": "hrv croatian",
    "hu": "hun hungarian",
    "id": "ind indonesian",
    "is": "isl ice icelandic",
    "it": "ita italian",
    "ja": "jpn japanese",
    "ko": "kor korean",
    "lt": "lit lithuanian",
    "lv": "lav latvian",
    "nl": "nld dut dutch flemish",
    "no": "nor nob nno nb nn norwegian",
    "pl": "pol polish",
    "pt": "por portuguese",
    "ro": "ron rum romanian",
    "ru": "rus russian",
    "sk": "slk slo slovak",
    "sl": "slv slovenian slovene",
    "sr": "srp serbian",
    "sv": "swe swedish",
    "ta": "tam tamil",
    "te": "tel telugu",
    "th": "tha thai",
    "tr": "tur turkish",
    "uk": "ukr ukrainian",
    "ur": "urd urdu",
    "vi": "vie vietnamese",
    "yue": "cantonese",
    "zh": "zho chi cmn mandarin chinese",
}
_SHORT = {name: short for short, names in _NAMES.items() for name in (short, *names.split())}
_UNTOLD = frozenset({"", "und", "mul", "mis", "zxx", "unknown", "undetermined", "auto", "none", "na"})
_BREAK = re.compile(r"[-_ ,;/()]+")


def is_known(name: str) -> bool:
    """Return whether a language is one of this table."""
    return short_code(name) in _NAMES


def short_code(name: str) -> str:
    """Return the short code of the first language that a name holds; a name that is not known is its own first word.

    >>> short_code("eng, spa"), short_code("en-GB"), short_code("British English"), short_code("Quechua")
    ('en', 'en', 'en', 'quechua')
    """
    parts = [part for part in _BREAK.split(name.strip().casefold()) if part]
    return next((_SHORT[part] for part in parts if part in _SHORT), parts[0] if parts else "")


def is_told(name: str | None) -> bool:
    """Return whether a name names a language: ``und`` (undetermined) and the like do not."""
    return name is not None and short_code(name) not in _UNTOLD
