"""A diagnosis and a seed -> a simulated person, and what that person says at a visit, in the forms that files need.

SYNTHETIC: the words are those of adscreen.simulate, so that they carry a signal of the label, and nobody said them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adscreen.simulate import Subject, SyntheticRecording, draw_subject, simulate_recording

EFFECT = 1.25
ILLNESS = {"control": 0.0, "mci": 0.6, "possible": 0.9, "probable": 1.2, "vascular": 0.9}
_CODES = (
    (re.compile(r"&-(\w+)"), r"\1"),  # filler
    (re.compile(r"&\+(\w+)"), r"\1-"),  # fragment
    (re.compile(r"&=\S+|\bxxx\b|\b0\w+|\([\d.]+\)|\[[^\]]*\]|[<>]"), ""),
    (re.compile(r"\((\w+)\)"), r"\1"),  # fallin(g)
    (re.compile(r"\+\.\.\.|\+/+\."), "..."),
    (re.compile(r"\s+(?=[.?!])"), ""),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says in one go: ``PAR`` or ``INV``, and the CHAT main line without its code."""

    who: str
    line: str

    @property
    def text(self) -> str:
        """The words as a typist or a recogniser would write them, without the codes of CHAT."""
        text = self.line
        for pattern, put in _CODES:
            text = pattern.sub(put, text)
        return text.strip()


@dataclass(frozen=True, slots=True)
class Person:
    """A simulated participant: a number that no other one has, a diagnosis, and what is known of them."""

    number: int
    diagnosis: str
    subject: Subject
    seed: int

    @property
    def visits(self) -> int:
        """How often the person came."""
        return self.subject.visits

    def age(self, visit: int) -> int:
        """Return the age in years; visits are a year apart."""
        return self.subject.age + visit - 1

    def mmse(self, visit: int) -> int:
        """Return the score at a visit."""
        return self._record(visit).row.mmse

    def describe(self, visit: int) -> list[Turn]:
        """Return the interview in which the person describes the picture."""
        return list(_turns(self._record(visit).chat))

    def _record(self, visit: int) -> SyntheticRecording:
        return simulate_recording(self.subject, visit=visit, seed=self.seed, effect=EFFECT)


def draw_people(count: int, *, seed: int, first: int, diagnoses: Sequence[str], most_visits: int = 2) -> list[Person]:
    """Return people of a control and a case in turn, numbered from ``first``; ``diagnoses`` are those of cases in turn.

    About every third person comes once.
    """
    people = []
    for place in range(count):
        number = first + place
        diagnosis = "control" if place % 2 == 0 else diagnoses[place // 2 % len(diagnoses)]
        illness = ILLNESS[diagnosis] * (1 + 0.1 * random.Random(f"{seed} {number}").gauss(0.0, 1.0))
        drawn = draw_subject(place + 1, visits=most_visits, seed=seed)
        visits = 1 if place % 6 >= 4 else most_visits
        label = "case" if illness else "control"
        own = replace(drawn, subject_id=f"SYN{number:04d}", label=label, illness=illness, visits=visits)
        people.append(Person(number, diagnosis, own, seed))
    return people


def _turns(chat: str) -> Iterator[Turn]:
    for line in chat.splitlines():
        if line.startswith("*"):
            yield Turn(line[1:4], line.partition("\t")[2])
