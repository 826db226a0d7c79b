"""What the tasks of a rule are like, in the schema: the same for rules of feeds and of the product's own events."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

import strawberry

from db.models.projects.rules import TaskPlan
from schema.batching import batch, field
from schema.context import Context
from schema.mutation import EXPECTED_VERSION, REQUEST_ID
from schema.people import Person, load_people, person_of
from schema.projects.tasks import Project, project_of
from schema.projects.templates import DeliverableTemplate, load_templates
from schema.relay import decode_id

_TYPES = {"project_id": "Project", "owner_id": "Person", "template_id": "DeliverableTemplate"}
_CLIENT_NAMES = {"project_id": "projectId", "owner_id": "ownerId", "template_id": "templateId"}


def _helpers(context: Context, parents: Sequence[TaskPlan]) -> list[list[Any]]:
    entries = iter(load_people(context, [uuid.UUID(id_) for rule in parents for id_ in rule.collaborator_ids]))
    return [[one for _ in rule.collaborator_ids if (one := next(entries)) is not None] for rule in parents]


@strawberry.type
class PlannedTasks:
    """What rules have in common."""

    project: Project | None = batch(project_of, description="Where its tasks stand.")
    title: str = field(description="Their title.")
    owner: Person | None = batch(person_of("owner_id"), description="Who owns them, where somebody is named.")
    collaborators: list[Person] = batch(_helpers, description="Who helps.")
    template: DeliverableTemplate | None = batch(
        lambda context, parents: load_templates(context, [rule.template_id for rule in parents]),
        description="The template of what is to be handed in.",
    )
    due_hours: int = field(description="Hours of working time until they are due.")


@strawberry.type
class PlanRevision(PlannedTasks):
    """What revisions of rules have in common."""

    number: int = field(description="From 1.")
    created_by: Person | None = batch(person_of("created_by"), description="Who had set it so.")
    created_at: datetime.datetime = field(description="When it was edited.")


@strawberry.input
class PlanInput:
    """What inputs that set a rule have in common."""

    project_id: strawberry.ID = strawberry.field(description="A project that the viewer plans.")
    title: str = strawberry.field(description="Title of the tasks.")
    collaborator_ids: list[strawberry.ID] = strawberry.field(description="Who helps; at least one besides the owner.")
    template_id: strawberry.ID = strawberry.field(description="The template of what is to be handed in.")
    due_hours: int = strawberry.field(description="Hours of working time until they are due; 1 to 2,000.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input
class EditPlanInput:
    """What inputs that edit a rule have in common."""

    id: strawberry.ID = strawberry.field(description="The rule. What it waits for stays.")
    project_id: strawberry.ID | None = strawberry.field(default=None, description="A project that the viewer plans.")
    title: str | None = strawberry.field(default=None, description="Title of the tasks.")
    owner_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who owns them, where somebody is named."
    )
    collaborator_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Who helps, in place of the present ones; at least one besides the owner."
    )
    template_id: strawberry.ID | None = strawberry.field(
        default=None, description="The template of what is to be handed in."
    )
    due_hours: int | None = strawberry.field(
        default=None, description="Hours of working time until they are due; 1 to 2,000."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


def planned(input: Any) -> dict[str, Any]:
    """The attributes of a `PlanDraft` that an input names; what is left out or null is not there.

    Raises `DomainError` BAD_ID.
    """
    values = {name: getattr(input, name) for name in (*_TYPES, "title", "collaborator_ids", "due_hours")}
    named = {name: value for name, value in values.items() if value is not None}
    for name, type_ in _TYPES.items():
        if name in named:
            named[name] = decode_id(named[name], type_, at=("input", _CLIENT_NAMES[name]))
    if "collaborator_ids" in named:
        named["collaborator_ids"] = [
            decode_id(id_, "Person", at=("input", "collaboratorIds", str(index)))
            for index, id_ in enumerate(named["collaborator_ids"])
        ]
    return named
