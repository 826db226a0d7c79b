"""Which form a document may be, and what stands near known labels where nobody registered its form."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import strawberry

from db.models import intake as rows
from ocr.contract import FieldType
from schema.batching import batch, field
from schema.forms import FormTemplate, form_of
from schema.intake_entries import SEERS
from schema.permissions import PermissionMap, grant


@dataclass(frozen=True, slots=True)
class Candidate:
    """A form that a document may be."""

    form_version_id: uuid.UUID
    score: float


@dataclass(frozen=True, slots=True)
class Suggested:
    """A value near a known label."""

    key: str | None
    label: str
    type: FieldType
    value: str
    confidence: float
    page: int
    box: list[list[float]] | None


def candidates_of(document: rows.IntakeDocument) -> list[Candidate]:
    return [Candidate(uuid.UUID(each["form_version_id"]), each["score"]) for each in document.candidates or []]


def suggestions_of(document: rows.IntakeDocument) -> list[Suggested]:
    return [Suggested(**{**each, "type": FieldType(each["type"])}) for each in document.suggestions or []]


@strawberry.type(description="A form that a document may be.")
class IntakeCandidate:
    template: FormTemplate | None = batch(form_of("form_version_id"), description="The form.")
    score: float = field(description="How much speaks for it, 0 to 1: the share of its printed labels that were found.")


@strawberry.type(description="A value that stands near a known label. Nobody knows what the form asks there.")
class IntakeSuggestion:
    key: str | None = field(description="What such a label asks for, such as `staff_number`; null for another label.")
    label: str = field(description="The label.")
    type: FieldType = field(description="What such a label asks for.")
    value: str = field(description="Normalised, as a field's value is.")
    confidence: float = field(description="Of the characters alone, 0 to 1.")
    page: int = field(description="The page it is on, from 1.")
    box: list[list[float]] | None = field(description="Its four corners [x, y] in pixels of the page's picture.")


PERMISSIONS: PermissionMap = {
    **grant("IntakeCandidate", SEERS, "template score"),
    **grant("IntakeSuggestion", SEERS, "key label type value confidence page box"),
}
