"""A document whose form the machine does not know: what speaks for which form, and what a person says."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db.models.intake import FormVersion, IntakeDocument, IntakeField
from db.queries import intake
from db.viewer import Viewer
from ocr.contract import FieldStatus, FieldType, FormField, Suggestion, TemplateCandidate
from ocr.vocabulary import letters, term_of
from resolvers.forms import template_of
from resolvers.rules.values import InvalidValueError, checked_value

SUGGESTED = "suggested"
"""Note of a field whose value stood near a label like its own on a picture that was not read as this form."""
BY_HAND = "by_hand"
"""Warning of a document whose form a person filled in: the picture was not read as that form."""


def kept_candidates(session: Session, viewer: Viewer, candidates: Sequence[TemplateCandidate]) -> list[dict[str, Any]]:
    """Candidates as they are kept: those that are published here, by the id of their version."""
    if not candidates:
        return []
    keys = {candidate.key for candidate in candidates}
    versions = session.scalars(intake.forms(viewer).where(FormVersion.key.in_(keys)))
    ids = {(version.key, version.number): version.id for version in versions}
    return [
        {"form_version_id": str(ids[candidate.key, candidate.version]), "score": candidate.score}
        for candidate in candidates
        if (candidate.key, candidate.version) in ids
    ]


def kept_suggestions(suggestions: Sequence[Suggestion]) -> list[dict[str, Any]]:
    """Suggestions as they are kept."""
    return [
        {
            "key": suggestion.key,
            "label": suggestion.label,
            "type": suggestion.type.value,
            "value": suggestion.value,
            "confidence": suggestion.confidence,
            "page": suggestion.page,
            "box": None if suggestion.box is None else [list(corner) for corner in suggestion.box],
        }
        for suggestion in suggestions
    ]


def add_fields_by_hand(session: Session, document: IntakeDocument, version: FormVersion) -> None:
    """The form's fields for a person to fill in, with what was suggested for them; the machine is sure of none."""
    waiting = list(document.suggestions or [])
    for position, field in enumerate(template_of(version).fields):
        suggestion = _for_field(field, waiting)
        value = _fitting(field, suggestion)
        if suggestion is not None:
            waiting.remove(suggestion)
        session.add(
            IntakeField(
                organization_id=document.organization_id,
                document_id=document.id,
                position=position,
                page=field.page if suggestion is None else suggestion["page"],
                key=field.key,
                label_zh=field.label.zh,
                label_en=field.label.en,
                type=field.type.value,
                required=field.required,
                value=value,
                raw_text="" if suggestion is None else suggestion["value"],
                status=(FieldStatus.UNREADABLE if value is None else FieldStatus.LOW_CONFIDENCE).value,
                confidence=Decimal(0),
                box=None if suggestion is None else suggestion["box"],
                notes=["not_found"] if suggestion is None else [SUGGESTED],
            )
        )


def _for_field(field: FormField, suggestions: Sequence[Mapping[str, Any]]) -> Any:
    """The suggestion whose label is the field's, by its term or by its letters."""
    names = {letters(name) for name in (field.label.zh, field.label.en, *field.aliases)}
    terms = {term.key for term in map(term_of, (field.label.zh, field.label.en, *field.aliases)) if term is not None}
    same = [each for each in suggestions if letters(each["label"]) in names]
    return next(iter(same), None) or next((each for each in suggestions if each["key"] in terms), None)


def _fitting(field: FormField, suggestion: Mapping[str, Any] | None) -> str | None:
    """The suggested value, if the field takes it."""
    if suggestion is None or field.type is FieldType.SIGNATURE:
        return None
    try:
        return checked_value(field, suggestion["value"])
    except InvalidValueError:
        return None


def version_named(session: Session, viewer: Viewer, version_id: uuid.UUID) -> FormVersion | None:
    """A published version of the organisation."""
    return session.scalars(intake.forms(viewer).where(FormVersion.id == version_id)).first()
