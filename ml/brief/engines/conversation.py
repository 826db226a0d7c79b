"""What a chat model is asked, and what is made of its reply. Standard library only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import cast

from ml.brief.contract import Draft, EngineError, Pack, Passage, SentenceKind, storable
from ml.text.folding import Language

PROMPT_VERSION = "brief-4"
MOST_PASSAGES = 80
"""Passages that a model is shown; of more, the most concrete ones."""
MOST_SENTENCES = 12
OPENING = '{"sentences": ['
"""How every reply must begin. A local model is made to go on from here."""
_KINDS = ("strength", "concern", "fact")


def instructions(language: Language) -> str:
    """The prompt file of the current version."""
    return (
        resources.files("ml.brief.prompts")
        .joinpath(f"{PROMPT_VERSION}.{language}.txt")
        .read_text(encoding="utf-8")
        .replace("{sentences}", str(MOST_SENTENCES))
    )


def shown_passages(pack: Pack, most: int = MOST_PASSAGES) -> list[Passage]:
    """The passages that the model sees, in the order of the notes."""
    passages = pack.passages
    best = sorted(range(len(passages)), key=lambda index: (-passages[index].weight, index))[:most]
    return [passages[index] for index in sorted(best)]


def messages(
    pack: Pack, passages: Sequence[Passage], hide: Callable[[str], str] = str
) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The conversation, and the note id behind each short id. Authors and the subject's id are not sent; `hide` may
    put codes in place of what else must not be."""
    aliases: dict[str, str] = {}
    lines = []
    for passage in passages:
        alias = aliases.setdefault(passage.note.id, f"N{len(aliases) + 1}")
        row = {"id": alias, "from": passage.note.kind.value, "text": hide(passage.text)}
        if passage.note.date:
            row["date"] = passage.note.date
        lines.append(json.dumps(row, ensure_ascii=False))
    conversation = [
        {"role": "system", "content": instructions(pack.language)},
        {"role": "user", "content": "\n".join(lines)},
    ]
    return conversation, {alias: note_id for note_id, alias in aliases.items()}


def parse(reply: str, note_ids: Mapping[str, str]) -> list[Draft]:
    """Drafts from a model's reply.

    Text around the JSON and a reply that breaks off are tolerated: each complete sentence object counts. Unknown short
    ids are kept, so that the citation check sees them. Raises EngineError when there is no sentence at all.
    """
    drafts: list[Draft] = []
    decoder = json.JSONDecoder()
    at = reply.find("[", reply.find('"sentences"')) + 1 if '"sentences"' in reply else 0
    while True:
        match = re.compile(r"\{").search(reply, at)
        if match is None:
            break
        try:
            row, at = decoder.raw_decode(reply, match.start())
        except RecursionError:
            raise EngineError("the model's reply is nested without end") from None
        except ValueError:
            at = match.end()
            continue
        draft = _draft(row, note_ids)
        if draft is not None:
            drafts.append(draft)
    if not drafts:
        raise EngineError("the model's reply holds no sentence in the form that was asked for")
    return drafts


def _draft(row: object, note_ids: Mapping[str, str]) -> Draft | None:
    if not isinstance(row, dict):
        return None
    text, citations, kind = row.get("text"), row.get("citations"), row.get("kind")
    if not isinstance(text, str) or not storable(text) or not isinstance(citations, list):
        return None
    cited = tuple(note_ids.get(str(alias), str(alias)) for alias in citations)
    return Draft(storable(text), cited, cast("SentenceKind", kind) if kind in _KINDS else "fact")
