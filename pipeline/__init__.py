"""adscreen: transcripts of spontaneous speech -> leak-free evaluation, scores and one report per recording."""

from pipeline.errors import InputError
from pipeline.records import Diagnostic, Event, Pause, Sentence, Transcript, Utterance, Word

__version__ = "0.1.0"

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
