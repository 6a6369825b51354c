"""JSON of a speech recogniser -> the turns of all speakers it tells apart: whatever the JSON is."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest.recognisers import READERS, parse_json, read_recogniser

SAMPLES = sorted((Path(__file__).parents[1] / "samples" / "json").glob("*.json"))
SCALARS = st.none() | st.booleans() | st.integers(-9, 10**13) | st.floats() | st.text(max_size=9)

VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=3), SCALARS)


def places(value: Any, *path: str | int) -> list[tuple[str | int, ...]]:
    """Return where every value of a document lies."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in items for place in places(inner, *path, key))]


def test_each_sample_is_known_by_one_reader() -> None:
    """No service's JSON looks like another's, except inside a wrapper."""
    for path in SAMPLES:
        content = json.loads(path.read_text(encoding="utf-8"))
        names = [reader.name for reader in READERS if reader.matches(content)]
        assert len(names) == (0 if path.stem == "google_v2" else 1), (path.name, names)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_damaged_field_raises_nothing_but_our_own_error(data: st.DataObject) -> None:
    """A field of a real document that is missing or of the wrong kind is read like an absent one, or refused."""
    path = data.draw(st.sampled_from(SAMPLES))
    content = {"document": json.loads(path.read_text(encoding="utf-8"))}
    for _ in range(data.draw(st.integers(1, 4))):
        *above, last = data.draw(st.sampled_from(places(content)[1:]))
        holder: Any = content
        for key in above:
            holder = holder[key]
        holder[last] = data.draw(VALUES)
    with suppress(InputError):
        read_recogniser(content["document"], file="a.json", where="a.json")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_new_field_with_speech_is_never_passed_over(path: Path) -> None:
    """Beside any service's fields, one more field of speech is named."""
    content = json.loads(path.read_text(encoding="utf-8"))
    holder = copy.deepcopy(content)
    records: Any = holder[0] if isinstance(holder, list) else holder
    records["sentence"] = "Nobody asked whether grandmother likes raspberries"
    with pytest.raises(InputError, match=r"looks like .*, but its field `.*sentence` is not read"):
        read_recogniser(holder, file="a.json", where="a.json")


def test_errors_hold_no_transcript_text() -> None:
    """What was said is in no error."""
    content = {"text": "secret words of nobody", "segments": [{"start": 0, "end": 1, "text": "so it is"}]}
    with pytest.raises(InputError) as caught:
        read_recogniser(content, file="a.json", where="a.json")
    assert "secret" not in str(caught.value)


@given(st.text('{}[]",:1a \n', max_size=40))
def test_any_text_is_parsed_or_refused(written: str) -> None:
    """Nothing but an InputError is raised."""
    with suppress(InputError):
        parse_json(written, where="a.json")
