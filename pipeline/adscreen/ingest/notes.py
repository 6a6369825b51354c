"""What transcribers put in brackets -> a silence, speech not understood, a time, an event, or speech after all.

    note    = "[" text "]" | "((" text "))" | one of "(" "<" "{" "*" around what is known to be no speech
    known   = a sound | a silence | "inaudible" | a time, as transcribers of several languages write them
    silence = "(.)" "(..)" "(...)" "(-)" "(--)" | "(0.5)" "(2)" "(3 sec)" "[2.0]" | "(pause)" "[long pause]" ...

Other words in parentheses are speech (an uncertain hearing), and so is what begins in square brackets as a sentence
does (``[he is] falling``, an overlap). Both are reported, because the signs alone do not tell. Sources: Jefferson 2004,
"Glossary of transcript symbols"; Selting et al. 2009, "GAT 2"; Dresing and Pehl 2018 (f4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from adscreen.records import Diagnostic, Pause, Utterance

# English; German, Dutch; Romance languages; Scandinavian languages, Finnish; Polish, Russian; Chinese, Japanese
_SOUND = (
    r"(?:laugh(?:s|ed|ing|ter)?|chuckl\w*|giggl\w*|cough(?:s|ed|ing)?|sigh(?:s|ed|ing)?|clear(?:s|ing)\s(?:\w+\s)?throat"
    r"|throat\sclear\w*|sniff\w*|snort\w*|cr(?:ies|ying)|sob(?:s|bing)|weep(?:s|ing)|whisper\w*|groans?|yawn(?:s|ing)?"
    r"|sneez\w*|gasps?|exhal\w*|inhal\w*|breath(?:s|es|ing)?|hum(?:s|ming)|whistl\w+|clap(?:s|ping)|nois(?:e|es|y)|music"
    r"|crosstalk|nod(?:s|ding)|point(?:s|ing)\s(?:to|at)|gestur\w*|shakes\shead|shrug(?:s|ging)|smil(?:es|ing)"
    r"|lach(?:t|en|end)|hust(?:et|en)|seufz(?:t|en)|räuspern?|räuspert|schnief\w*|weint|flüstert|atmet|schmunzelt|kichert"
    r"|nickt|zeigt|gähnt|stöhnt|schluchzt|hoest|zucht|kucht|rires?|rit|tousse|toux|soupirs?|soupire|pleure|chuchote|risas?|ríe|se\sríe|tose"
    r"|suspir[ao]|llora|risat[ae]|tossisce|sospir[ao]|risos?|skrattar?|hostar|suckar|griner|hoster|sukker"
    r"|nauraa|naurahtaa|yskii|huokaa|śmiech|śmieje|kasz(?:le|el)|wzdycha|смеётся|смеется|смех|кашляет|кашель|вздыхает|вздох"
    r"|笑|咳|咳嗽|叹气|笑い|ため息)"
)
_UNKNOWN = (
    r"(?:inaudible|unintelligible|unclear|indistinct|xxx|unverständlich\w*|unverst\.?|unv\.|onverstaanbaar|inintelligible"
    r"|incompréhensible|ininteligible|incomprensib(?:le|ile)|inudibile|inaudível|ininteligível|ohörbart|uforståelig\w*"
    r"|epäselvä\w*|niezrozumiał\w*|niewyraźn\w*|неразборчиво|нрзб\.?|听不清|聞き取れない)"
)
_QUIET = (
    r"(?:micro-?pause|pauses?|silences?|pausa|pauze|paus|pauza|stille|schweigen|schweigt|silencios?|silenzio|stilte"
    r"|tystnad|cisza|пауза|молчание|тишина|tauko|沉默|停顿|沈黙)"
)
_LONG = r"(?:long|lang\w*|longue|larga|lunga|dłu\w+|длинн\w+)"
_SHORT = r"(?:short|brief|kurz\w*|kort\w*|courte|corta|breve|micro)"
_UNIT = r"(?:ms|min(?:ut\w{1,3})?|s(?:ec(?:ond\w{0,2})?s?|ek(?:unden?)?|egundos?)?|с(?:ек)?)\.?"
_NUMBER = r"(?:\d{1,2}(?:[.,]\d{1,3})?|[.,]\d{1,3})"
_BARE = rf"(?:~?{_NUMBER}\s{{0,2}}(?:{_UNIT})?|\d{{3,5}}\s{{0,2}}ms|\.{{1,4}}|…|[-–]{{1,4}})"
_CLOCK = r"(?:#?(?:\d{1,3}:){1,3}\d\d(?:[.,:-]\d{1,3})?#?)"
_WHO = (
    r"(?:(?:the|both|they|he|she|participant|patient|interviewer|par|inv|softly|loudly|quietly|nervously|audibly)\s"
    rf"|(?:{_LONG}|{_SHORT})[\s-])"
)
_NAMED = rf"(?:{_SOUND}|{_UNKNOWN}|{_QUIET})(?!\w)"
_KNOWN = rf"(?:{_WHO}{{0,2}}{_NAMED}[^()<>{{}}*\[\]]{{0,40}}|(?:{_BARE}|{_CLOCK}|\?{{1,5}}|\s{{1,9}})\s?)"
_SPOKEN = (  # how speech begins that stands in brackets because it was said at once with another's, or heard badly
    r"(?:i|i'm|you|he|she|it|it's|he's|she's|we|they|there|there's|this|that|that's|the|a|an|and|but|so|is|was|are|my"
    r"|his|her|ich|er|sie|es|wir|der|die|das|ein|eine|und|aber|je|il|elle|on|c'est|le|la|les|un|une|et|mais|yo|él|ella|el"
    r"|los|las|y|pero|io|lui|lei|gli|het|een|hij|zij)\s"
)
NOTE = re.compile(  # its first group is what stands in square brackets, the second what stands in others
    rf"\[(?!{_SPOKEN}(?!(?:[^\[\]]{{0,80}}\W)?{_NAMED}))([^\[\]]{{1,200}})\]"
    rf"|(?:\(\(|[(<{{*])((?<=\(\()[^()]{{1,200}}|\s?{_KNOWN})(?:\)\)|[)>}}*])",
    re.IGNORECASE,
)
_UNHEARD = re.compile(rf"(?<!\w){_UNKNOWN}(?!\w)|^\?*$", re.IGNORECASE)
_SILENCE = re.compile(rf"(?<!\w){_QUIET}(?!\w)|^{_BARE}$", re.IGNORECASE)
_TIME = re.compile(_CLOCK)
_HEARD = re.compile(rf"(?<!\w){_NAMED}", re.IGNORECASE)
_SECONDS = re.compile(
    rf"(?P<number>\d{{1,5}}(?:[.,]\d+)?|[.,]\d+)(?:\s{{0,2}}(?P<unit>{_UNIT})(?!\w)|$)", re.IGNORECASE
)
_LENGTHS: tuple[tuple[re.Pattern[str], Literal["short", "medium", "long"]], ...] = (
    (re.compile(rf"(?<!\w){_LONG}(?!\w)|^(?:\.{{3,}}|…|[-–]{{3,}})$", re.IGNORECASE), "long"),
    (re.compile(rf"(?<!\w){_SHORT}|^[.–-]$", re.IGNORECASE), "short"),
)
_ASIDE = re.compile(r"\(\([^()]{1,200}\)\)|(?<!\w)\([^()]{1,200}\)(?!\w)|\[[^\[\]]{1,200}\]")
_OMISSION = re.compile(r"\[\s*(?:\.{3,}|…)\s*\]")  # of text, by an editor
_WORDS_OF_A_NOTE = 3  # fewer are a name or a sound in some language rather than speech


def read_note(note: str, *, position: int) -> Pause | str | None:
    """Read a note, with its brackets or without: a silence, the name of an event, "" for speech not understood.

    None is for what says nothing: a time, or an editor's ``[...]``.

    >>> read_note("3 sec", position=2), read_note("laughs", position=2), read_note("inaudible", position=2)
    (Pause(before=2, length='timed', seconds=3.0), 'laughs', '')
    """
    if _OMISSION.fullmatch(note):
        return None
    note = note.strip("[](){}<>* \t")
    if _UNHEARD.search(note):
        return ""
    if _SILENCE.search(note):
        return _read_pause(note, position)
    return note if any(map(str.isalpha, note)) and not _TIME.fullmatch(note) else None


def begins_with_sound(text: str) -> bool:
    """Tell whether a text begins with the name of a sound, a silence or of speech not understood.

    >>> begins_with_sound("Laughs"), begins_with_sound("lacht laut"), begins_with_sound("Lachlan")
    (True, True, False)
    """
    return _HEARD.match(text) is not None


def _read_pause(note: str, position: int) -> Pause:
    match = _SECONDS.search(note)
    if match is None:
        return Pause(position, next((length for pattern, length in _LENGTHS if pattern.search(note)), "medium"))
    unit = (match["unit"] or "s").lower()
    scale = 60.0 if unit.startswith("min") else 0.001 if unit.startswith("ms") else 1.0
    return Pause(position, "timed", round(scale * float(match["number"].replace(",", ".")), 3))


def report_notes(utterances: Iterable[Utterance], *, file: str) -> list[Diagnostic]:
    """Say how much in parentheses or brackets was read as speech, and how much that may be speech was not."""
    spoken: list[int | None] = []
    silent: list[int | None] = []
    for utterance in utterances:
        aside = _ASIDE.finditer(utterance.raw) if "(" in utterance.raw or "[" in utterance.raw else ()
        for text in (match.group() for match in aside if any(map(str.isalpha, match.group()))):
            if NOTE.fullmatch(text) is None:
                spoken.append(utterance.line)
            elif text[0] == "[" and len(text.split()) >= _WORDS_OF_A_NOTE and not _HEARD.search(text):
                silent.append(utterance.line)
    found = []
    if spoken:
        what = f"{len(spoken)} stretches in parentheses or brackets were read as speech"
        found.append(Diagnostic(file, spoken[0], what, "write what is no speech as [laughs] or ((points at the boy))"))
    if silent:
        what = f"{len(silent)} notes of several words in brackets were read as events, not as speech"
        found.append(Diagnostic(file, silent[0], what, "take the brackets off what was said"))
    return found
