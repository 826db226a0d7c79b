"""Publishing what deliverables must contain."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.models.projects.templates import DeliverableTemplate, DeliverableTemplateVersion
from db.queries.projects import templates
from db.viewer import Role, Viewer
from ml.metrics.contract import (
    DefinitionError,
    MetricDefinition,
    Requirement,
    RequirementKind,
    definitions_from,
)
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.inputs import required_text

TEMPLATE_ROLES = (Role.HR, Role.PMO, Role.ADMINISTRATOR)
"""Who publishes templates and thresholds."""

KEY_LENGTH = 100
TITLE_LENGTH = 200
WORDS_LENGTH = 100
PATTERN_LENGTH = 500
REQUIREMENTS = 50
DEFINITIONS = 50
WORDS = 20

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelledRequirement:
    """Something that must be in the file, as a client writes and reads it."""

    key: str
    kind: RequirementKind
    label_zh: str
    label_en: str
    words: Sequence[str] = ()
    metric: str | None = None


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    title_zh: str
    title_en: str
    key: str | None = None
    """Of a new template."""
    requirements: Sequence[LabelledRequirement] = field(default_factory=tuple)
    definitions: Sequence[dict[str, Any]] = field(default_factory=tuple)
    """Metrics of the template's own, as `ml.metrics.contract.definitions_from` takes them."""


def require_template_role(viewer: Viewer) -> None:
    """Raises FORBIDDEN unless the viewer may publish templates and thresholds."""
    if not (viewer.is_system or viewer.has(*TEMPLATE_ROLES)):
        raise DomainError(ErrorCode.FORBIDDEN)


def publish_template(
    session: Session,
    viewer: Viewer,
    draft: TemplateDraft,
    template_id: uuid.UUID | None = None,
    expected_version: int | None = None,
) -> DeliverableTemplate:
    """Publish a new template, or a new version of one; files that were handed in before keep theirs.

    Raises `DomainError`: FORBIDDEN, NOT_FOUND, CONFLICT, TEMPLATE_RETIRED, CODE_TAKEN for a key that another template
    has, METRIC_DEFINITION, and what is wrong with a text.
    """
    require_template_role(viewer)
    requirements = _requirements(draft.requirements)
    definitions = _definitions(draft.definitions)
    titles = {
        "title_zh": required_text(draft.title_zh, TITLE_LENGTH, ("input", "titleZh")),
        "title_en": required_text(draft.title_en, TITLE_LENGTH, ("input", "titleEn")),
    }
    if template_id is None:
        template = _new_template(session, viewer, draft.key)
    else:
        template = template_to_change(session, viewer, template_id, expected_version)
        template.number += 1
    session.flush()
    session.add(
        DeliverableTemplateVersion(
            organization_id=viewer.organization_id,
            template_id=template.id,
            number=template.number,
            requirements=requirements,
            definitions=definitions,
            published_by=viewer.person_id,
            **titles,
        )
    )
    record(session, viewer, "deliverable_template.published", "DeliverableTemplate", template.id)
    session.flush()
    return template


def retire_template(
    session: Session, viewer: Viewer, template_id: uuid.UUID, expected_version: int | None
) -> DeliverableTemplate:
    """Nothing new is handed in under the template from now on.

    Raises `DomainError`: FORBIDDEN, NOT_FOUND, CONFLICT, TEMPLATE_RETIRED.
    """
    require_template_role(viewer)
    template = template_to_change(session, viewer, template_id, expected_version)
    template.retired_at = now()
    record(session, viewer, "deliverable_template.retired", "DeliverableTemplate", template.id)
    session.flush()
    return template


def template_to_change(
    session: Session,
    viewer: Viewer,
    template_id: uuid.UUID,
    expected_version: int | None = None,
    at: Path = ("input", "id"),
) -> DeliverableTemplate:
    """The template, locked. Raises `DomainError` NOT_FOUND, CONFLICT, TEMPLATE_RETIRED."""
    template = session.scalars(
        templates.visible_to(viewer)
        .where(DeliverableTemplate.id == template_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if template is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    if expected_version is not None and template.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    if template.retired_at is not None:
        raise DomainError(ErrorCode.TEMPLATE_RETIRED, at)
    return template


def labelled_requirements(version: DeliverableTemplateVersion) -> list[LabelledRequirement]:
    """What a version wants in the file, for people."""
    return [LabelledRequirement(**{**each, "kind": RequirementKind(each["kind"])}) for each in version.requirements]


def requirements_of(version: DeliverableTemplateVersion) -> tuple[Requirement, ...]:
    """What a version wants in the file, for the reader."""
    return tuple(
        Requirement(each.key, each.kind, tuple(each.words), each.metric) for each in labelled_requirements(version)
    )


def definitions_of(version: DeliverableTemplateVersion) -> tuple[MetricDefinition, ...]:
    """The metrics of the template's own, for the reader."""
    return definitions_from(version.definitions)


def _new_template(session: Session, viewer: Viewer, key: str | None) -> DeliverableTemplate:
    at = ("input", "key")
    key = required_text(key or "", KEY_LENGTH, at)
    taken = templates.visible_to(viewer).where(DeliverableTemplate.key == key)
    if session.scalars(taken).first() is not None:
        raise DomainError(ErrorCode.CODE_TAKEN, at)
    template = DeliverableTemplate(organization_id=viewer.organization_id, key=key, number=1)
    session.add(template)
    try:
        with session.begin_nested():
            session.flush()
    except sa.exc.IntegrityError:
        raise DomainError(ErrorCode.CODE_TAKEN, at) from None
    return template


def _requirements(drafts: Sequence[LabelledRequirement]) -> list[dict[str, Any]]:
    at = ("input", "requirements")
    if len(drafts) > REQUIREMENTS:
        raise DomainError(ErrorCode.TOO_MANY, at)
    found: dict[str, dict[str, Any]] = {}
    for index, draft in enumerate(drafts):
        here = (*at, str(index))
        key = required_text(draft.key, KEY_LENGTH, (*here, "key"))
        if key in found:
            raise DomainError(ErrorCode.FIELD_REPEATED, (*here, "key"))
        if len(draft.words) > WORDS:
            raise DomainError(ErrorCode.TOO_MANY, (*here, "words"))
        words = [required_text(word, WORDS_LENGTH, (*here, "words")) for word in draft.words]
        metric = None
        if draft.kind is RequirementKind.METRIC:
            metric = required_text(draft.metric or "", TITLE_LENGTH, (*here, "metric"))
        elif not words:
            raise DomainError(ErrorCode.TEXT_REQUIRED, (*here, "words"))
        found[key] = {
            "key": key,
            "kind": draft.kind.value,
            "label_zh": required_text(draft.label_zh, TITLE_LENGTH, (*here, "labelZh")),
            "label_en": required_text(draft.label_en, TITLE_LENGTH, (*here, "labelEn")),
            "words": words,
            "metric": metric,
        }
    return list(found.values())


def _definitions(drafts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    at = ("input", "metrics")
    if len(drafts) > DEFINITIONS:
        raise DomainError(ErrorCode.TOO_MANY, at)
    names: set[str] = set()
    for index, draft in enumerate(drafts):
        here = (*at, str(index))
        name = required_text(draft["name"], KEY_LENGTH, (*here, "name"))
        if name in names:
            raise DomainError(ErrorCode.FIELD_REPEATED, (*here, "name"))
        names.add(name)
        if len(draft.get("aliases") or ()) > WORDS:
            raise DomainError(ErrorCode.TOO_MANY, (*here, "aliases"))
        texts = [*(draft.get("aliases") or ()), *(draft.get(part) or "" for part in ("unit", "pattern", "column"))]
        if any(len(text) > PATTERN_LENGTH for text in texts):
            raise DomainError(ErrorCode.TEXT_TOO_LONG, here)
        if any("\x00" in text for text in texts):
            raise DomainError(ErrorCode.INVALID, here)
        try:
            definitions_from([draft])
        except DefinitionError:
            raise DomainError(ErrorCode.METRIC_DEFINITION, here) from None
    return [dict(draft) for draft in drafts]
