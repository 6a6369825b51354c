"""adscreen: transcripts of spontaneous speech -> leak-free evaluation, scores and one report per recording."""

from adscreen.errors import InputError
from adscreen.records import Diagnostic, Event, Pause, Sentence, Transcript, Utterance, Word
from adscreen.version import __version__

__all__ = [
    "Diagnostic",
    "Event",
    "InputError",
    "Pause",
    "Sentence",
    "Transcript",
    "Utterance",
    "Word",
    "__version__",
]
