"""What a model is asked and what is made of its reply."""

from __future__ import annotations

import json

import pytest

from ml.brief.contract import BriefOptions, Draft, EngineError, Note
from ml.brief.engines.conversation import MOST_PASSAGES, OPENING, instructions, messages, parse, shown_passages
from ml.brief.select import gather

NOTES = [
    Note(
        f"note-{i}",
        f"In week {i} she closed {i + 2} tickets of the Lisbon office.",
        f"secret-{i}",
        "person-9",
        "2026-03-01",
    )
    for i in range(1, 120)
]


def test_the_conversation_shows_short_ids_and_no_people() -> None:
    pack, _ = gather(NOTES, BriefOptions())
    passages = shown_passages(pack)
    assert len(passages) == MOST_PASSAGES
    conversation, aliases = messages(pack, passages)
    assert conversation[0] == {"role": "system", "content": instructions("en")}
    rows = [json.loads(line) for line in conversation[1]["content"].splitlines()]
    assert [row["id"] for row in rows] == list(aliases)
    assert set(rows[0]) == {"id", "from", "text", "date"}
    assert "secret" not in conversation[1]["content"]
    assert "person-9" not in conversation[1]["content"]
    assert all(aliases[row["id"]].startswith("note-") for row in rows)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_prompt_is_complete(language: str) -> None:
    text = instructions("zh" if language == "zh" else "en")
    assert "{sentences}" not in text
    assert OPENING[:13] in text


def test_a_reply_is_read_around_its_noise() -> None:
    reply = (
        'Sure! ```json\n{"sentences": [{"text": " A\\ud800.\\u0000 ", "citations": ["N1", "N9"], "kind": "strength"},'
    )
    reply += '{"text": "B.", "citations": ["N2"], "kind": "praise"}, {"text": "", "citations": []}, {"text": "C."},'
    reply += '{"text": "D.", "citations": ["N1"], "ki'
    assert parse(reply, {"N1": "a", "N2": "b"}) == [Draft("A.", ("a", "N9"), "strength"), Draft("B.", ("b",), "fact")]


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I cannot help with that.",
        '{"sentences": []}',
        "[[[[",
        '{"sentences": [1, "x"]}',
        "{" * 500,
        '{"a":' * 100_000,
        '{"sentences": [{"text": "\\ud800\\u0000", "citations": ["N1"]}]}',
    ],
)
def test_a_reply_without_sentences_is_an_error(reply: str) -> None:
    with pytest.raises(EngineError):
        parse(reply, {})
