"""A brief as JSON, for the command line and for other programs."""

from __future__ import annotations

from typing import Any

from ml.brief.contract import Brief


def describe(brief: Brief) -> dict[str, Any]:
    """The whole brief as JSON; `reason` and `fallback` are there only when they say something."""
    described: dict[str, Any] = {"insufficient": brief.insufficient}
    if brief.reason is not None:
        described["reason"] = brief.reason
    described["engine"] = brief.engine
    if brief.fallback is not None:
        described["fallback"] = brief.fallback
    described |= {
        "subject_id": brief.subject_id,
        "language": brief.language,
        "sentences": [
            {
                "text": sentence.text,
                "citations": list(sentence.citations),
                "support": {
                    "notes": sentence.support.notes,
                    "of": sentence.support.of,
                    "people": sentence.support.people,
                },
                "kind": sentence.kind,
                "conflict": sentence.conflict,
                "confidence": round(sentence.confidence, 4),
            }
            for sentence in brief.sentences
        ],
        "dropped": [{"text": dropped.text, "reason": dropped.reason} for dropped in brief.dropped],
        "unused": [unused.note_id for unused in brief.unused],
        "unused_reasons": {unused.note_id: unused.reason for unused in brief.unused},
        "digest": brief.digest,
    }
    return described
