"""Speaker and severity -> the utterances of one picture description, as CHAT main lines without speaker code."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from adscreen.simulate.disfluency import (
    contract,
    count_words,
    disorder,
    draw_pause,
    hesitate,
    mark_scope,
    split_tokens,
    substitute,
)
from adscreen.simulate.grammar import Grammar, Slot, Topic, read_grammar
from adscreen.simulate.speaker import MENTION_SLOPE, WORDS_SLOPE, Speaker, logistic

_HOLE = re.compile(r"\{([^}]*)\}")
_EXCLUDED, _UNGRAMMATICAL = "[+ exc]", "[+ gram]"
_FEWEST_WORDS, _MOST_WORDS, _MOST_UTTERANCES = 85, 150, 16


class Narrator:
    """A speaker in the middle of a description: remembers whom the talk is of and which units were mentioned."""

    def __init__(self, speaker: Speaker, *, severity: float, grammar: Grammar, rng: random.Random) -> None:
        self.speaker = speaker
        self.severity = severity
        self.grammar = grammar
        self.rng = rng
        self.rates = speaker.rates(severity=severity)
        self.person = ""
        self.mentioned: list[Topic] = []

    def describe(self) -> list[str]:
        """Return the utterances, each ended by its terminator."""
        goal = self.speaker.words + WORDS_SLOPE * self.severity + self.rng.gauss(0.0, 6.0)
        goal = min(max(goal, _FEWEST_WORDS), _MOST_WORDS)
        plan = self._plan()
        lines: list[str] = []
        spoken = 0
        while spoken < goal - 8 and len(lines) < _MOST_UTTERANCES:
            lines.append(self._utterance(plan, first=not lines))
            spoken += 0 if _EXCLUDED in lines[-1] else count_words(lines[-1])
        if spoken < goal:
            lines.append(self._finish(self._clause(self._prefer(self.grammar.phrases["closings"]))))
        return lines

    def _plan(self) -> list[Topic]:
        """Return the units to mention: the salient in the usual order, fewer and less orderly with severity."""
        chosen = []
        for position, topic in enumerate(self.grammar.topics):
            habit = random.Random(f"{self.speaker.key} mentions {topic.unit}").gauss(0.0, 1.1)
            if self.rng.random() < logistic(topic.salience + habit + MENTION_SLOPE * self.severity):
                wander = self.rng.gauss(0.0, 2.5 + 1.5 * max(self.severity, 0.0))
                chosen.append((position + wander, position, topic))
        return [topic for _, _, topic in sorted(chosen, key=lambda entry: entry[:2])]

    def _utterance(self, plan: list[Topic], *, first: bool) -> str:
        phrases = self.grammar.phrases
        for kind in ("off_topic", "aside", "comment"):
            # Nobody opens with these; once the plan is used up there is little else to say.
            rate = self.rates[kind] * (1 if plan else 2.5)
            if not first and self.rng.random() < rate:
                self.person = ""
                code = _EXCLUDED if kind == "aside" else ""
                return self._finish(self._clause(self._prefer(phrases[kind])), code=code)
        tokens = self._about(self._next_topic(plan))
        if self.rng.random() < self.rates["join"]:
            tokens += [*self._prefer(phrases["joins"]).split(), *self._about(self._next_topic(plan))]
        if first or self.rng.random() < self.rates["lead"]:
            tokens = [*self._prefer(phrases["openings" if first else "leads"]).split(), *tokens]
        return self._finish(tokens)

    def _next_topic(self, plan: list[Topic]) -> Topic:
        """Take the next planned unit, or go back to one that was mentioned."""
        again = self.mentioned and self.rng.random() < self.rates["return"]
        if plan and not again:
            self.mentioned.append(plan.pop(0))
            return self.mentioned[-1]
        return self.rng.choice(self.mentioned or self.grammar.topics)

    def _about(self, topic: Topic) -> list[str]:
        """Return a clause about a unit, perhaps after a false start on another."""
        start: list[str] = []
        if self.rng.random() < self.rates["restart"]:
            abandoned = self._clause(self.rng.choice(topic.clauses))[: self.rng.choice((2, 3))]
            if not any("[" in token for token in abandoned):
                start = [mark_scope(abandoned, "//")]
        tokens = self._clause(self._prefer(topic.clauses))
        if self.rng.random() < self.rates["disorder"]:
            tokens = disorder(tokens, self._clause(self.rng.choice(topic.clauses)), self.rng)
        return start + tokens

    def _clause(self, pattern: str) -> list[str]:
        text = _HOLE.sub(lambda hole: self._fill(hole.group(1)), pattern)
        tokens = substitute(split_tokens(text), self.grammar.substitutions, self.rates, self.rng)
        return contract(tokens, self.rates, self.rng)

    def _fill(self, hole: str) -> str:
        if "|" in hole:
            return self._prefer(hole.split("|"))
        slot = self.grammar.slots[hole]
        if self._happens("vague") and slot.vague:
            return self._prefer(slot.vague)
        if slot.pronoun:
            stays, self.person = self.person == hole, hole
            return slot.pronoun if self._happens("same_pronoun" if stays else "pronoun") else self._name(slot)
        return self._name(slot)

    def _name(self, slot: Slot) -> str:
        """Name a thing, perhaps after another name or, unless it is a person, a search for the word."""
        name = self._prefer(slot.say)
        if not slot.pronoun and slot.vague and self._happens("word_finding"):
            return self._search(name)
        if slot.vague and self._happens("retracing"):
            other = self.rng.choice(slot.say)
            return f"{mark_scope(other.split(), '//')} {name}" if other != name else name
        return name

    def _search(self, name: str) -> str:
        """Return a name that does not come at once, or not at all: ``the what do you call it stool``."""
        first, _, rest = name.rpartition(" ")
        search = self.rng.choice(self.grammar.phrases["word_finding"])
        found = rest if self.rng.random() < 0.6 else ""
        return " ".join(part for part in (first, draw_pause(self.rng), search, found) if part)

    def _finish(self, tokens: Sequence[str], *, code: str = "") -> str:
        """Add hesitations, events and the terminator; ``code`` is a postcode of the transcriber's."""
        question = tokens[-1] == "?"
        spoken = list(tokens[:-1] if question else tokens)
        trails = not question and len(spoken) > 4 and self._happens("trailing")
        if trails:
            spoken = spoken[: self.rng.randrange(3, len(spoken))]
        if any(token.startswith("0") for token in spoken) and self.rng.random() < 0.5:
            code = _UNGRAMMATICAL
        names = self.grammar.phrases["fillers"]
        said = hesitate(spoken, dict(zip(names, self.speaker.liking(names), strict=True)), self.rates, self.rng)
        if self._happens("unintelligible"):
            said.insert(self.rng.randrange(len(said)), "xxx")
        if self._happens("event"):
            said.append(self.rng.choice(self.grammar.phrases["events"]))
        terminator = "+..." if trails else "?" if question else "."
        return " ".join(part for part in (*said, terminator, code) if part)

    def _happens(self, name: str) -> bool:
        return self.rng.random() < self.rates[name]

    def _prefer(self, options: Sequence[str]) -> str:
        return self.rng.choices(options, self.speaker.liking(options))[0]


def describe_picture(speaker: Speaker, *, severity: float, rng: random.Random) -> list[str]:
    """Return what the speaker says of the picture: CHAT main lines without the speaker code.

    ``severity`` is 0 for a healthy speaker and about 1 for a case; ``rng`` is this visit's own stream.
    """
    return Narrator(speaker, severity=severity, grammar=read_grammar(), rng=rng).describe()
