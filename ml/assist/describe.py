"""The help in writing as JSON, for the command line and for other programs."""

from __future__ import annotations

from typing import Any

from ml.assist.contract import Assist, Quote
from ml.text.folding import Language


def _text(quote: Quote | None) -> str | None:
    return quote.text if quote else None


def describe(found: Assist, note_id: str | None = None, language: Language | None = None) -> dict[str, Any]:
    """One note as JSON. `note_id` is repeated when the note came from a file; messages are in `language`, by default
    that of the note."""
    spoken = language or found.language
    described: dict[str, Any] = {} if note_id is None else {"id": note_id}
    described |= {
        "situation": _text(found.situation),
        "behaviour": _text(found.behaviour),
        "impact": _text(found.impact),
        "missing": [str(part) for part in found.missing],
        "empty_praise": found.empty_praise,
        "tags": [{"tag": tag.tag, "score": tag.score} for tag in found.tags],
        "sentiment": found.sentiment,
        "cautions": [
            {"code": str(caution.code), "span": caution.quote.text, "message": caution.message(spoken)}
            for caution in found.cautions
        ],
        "suggestion": found.suggestion,
    }
    return described
