"""Published forms in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry

from db.models import intake as rows
from db.queries import intake
from db.queries.paging import Order, Page, fetch_page
from ocr.contract import FieldType, FormField, Option
from resolvers.forms import template_of
from schema.batching import batch, field, root
from schema.context import Context
from schema.people import loaded, localized
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant
from schema.relay import After, Connection, First, Node, node_type, read_page
from schema.scalars import described_enum

described_enum(
    FieldType,
    description="What a field of a form holds.",
    values={
        "TEXT": "A few words.",
        "LONG_TEXT": "Some lines.",
        "NUMBER": "A number.",
        "DATE": "A day; its value is YYYY-MM-DD.",
        "CHOICE": "One of the options.",
        "SCORE": "A score with a weight.",
        "PERSON": "A person's name.",
        "SIGNATURE": "Whether somebody signed: `present`, or null.",
    },
)

BY_KEY = Order((rows.FormVersion.key, rows.FormVersion.number, rows.FormVersion.id))


def load_forms(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.FormVersion | None]:
    """Published forms of the organisation, which everybody of it may see blank."""
    statement = intake.forms(context.viewer)
    return loaded(intake.by_ids(context.session, statement, [id_ for id_ in ids if id_ is not None]), ids)


def form_of(attribute: str) -> Callable[[Context, Sequence[Any]], list[rows.FormVersion | None]]:
    """The batch function of a field that is the form whose id stands in `attribute` of the parent's row."""

    def load(context: Context, parents: Sequence[Any]) -> list[rows.FormVersion | None]:
        return load_forms(context, [getattr(parent, attribute) for parent in parents])

    return load


def _labels(context: Context, parents: Sequence[FormField | Option]) -> list[str]:
    return [parent.label.zh if context.locale == "zh" else parent.label.en for parent in parents]


def _places(_context: Context, parents: Sequence[FormField | Option]) -> list[list[float]]:
    return [list(parent.box_mm) for parent in parents]


@strawberry.type(description="One tick box of a field.")
class FormOption:
    value: str = field(description="The value that ticking it gives.")
    label: str = batch(_labels, description="What the form prints beside it.")
    box_mm: list[float] = batch(
        _places, description="Its box [x, y, width, height] in millimetres from the page's top left corner."
    )


@strawberry.type(description="One thing that a person fills in.")
class TemplateField:
    key: str = field(description="Its key in readings, entries and answers.")
    label: str = batch(_labels, description="What the form prints beside it.")
    type: FieldType = field(description="What it holds.")
    page: int = field(description="The page it is on, from 1.")
    box_mm: list[float] = batch(
        _places,
        description="Where it is written [x, y, width, height], in millimetres from the page's top left corner.",
    )
    required: bool = field(description="Whether a review needs it.")
    options: list[FormOption] = field(description="Its tick boxes; empty when it is written.")
    minimum: str | None = field(description="Least number.")
    maximum: str | None = field(description="Greatest number.")
    step: str | None = field(description="Numbers go up from the least by this.")
    weight: str | None = field(description="Weight of a score in percent.")
    pattern: str | None = field(description="Regular expression that the whole text must match.")


@dataclass(frozen=True, slots=True)
class DoubleEntry:
    """Which fields of a form two people check."""

    fields: list[str]
    version: int


def _double_entry(context: Context, versions: Sequence[rows.FormVersion]) -> list[DoubleEntry]:
    found = intake.double_entry_of_forms(context.session, context.viewer, [version.id for version in versions])
    settings = (found.get(version.id) for version in versions)
    return [DoubleEntry([], 0) if each is None else DoubleEntry(each.fields, each.version) for each in settings]


@strawberry.type(description="Which fields of a form two different people check independently.")
class FormDoubleEntry:
    fields: list[str] = field(description="Keys of the fields; empty when one person is enough.")
    version: int = field(description="Grows with every change; 0 before the first. Give it as expectedVersion.")


@node_type(rows.FormVersion, load=load_forms, description="A published version of a form; it never changes.")
class FormTemplate(Node):
    key: str = field(description="Key of the form, the same for all its versions.")
    number: int = field(name="version", description="Number of the version, from 1.")
    title: str = batch(localized("title"), description="Title in the viewer's language.")
    fields: list[TemplateField] = batch(
        lambda _context, versions: [list(template_of(version).fields) for version in versions],
        description="What a person fills in, in the order of the form.",
    )
    double_entry: FormDoubleEntry = batch(_double_entry, description="Which of the fields two people check.")
    created_at: datetime.datetime = field(description="When it was published.")


def _forms(context: Context, first: First = None, after: After = None) -> Page[rows.FormVersion]:
    statement = intake.forms(context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, BY_KEY, page), first, after)


@strawberry.type
class FormQueries:
    form_templates: Connection[FormTemplate] = root(_forms, description="The published forms, by key and version.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "formTemplates"),
    **grant("FormTemplate", SIGNED_IN, "id key version title fields doubleEntry createdAt"),
    **grant("FormDoubleEntry", VISIBLE, "fields version"),
    **grant("TemplateField", VISIBLE, "key label type page boxMm required options minimum maximum step weight pattern"),
    **grant("FormOption", VISIBLE, "value label boxMm"),
}
