"""Templates of deliverables and their thresholds, which everybody of the organisation may see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.projects.templates import (
    DeliverableTemplate,
    DeliverableTemplateVersion,
    Threshold,
    ThresholdVersion,
)
from db.viewer import Viewer


def visible_to(viewer: Viewer) -> sa.Select[DeliverableTemplate]:
    return sa.select(DeliverableTemplate).where(DeliverableTemplate.organization_id == viewer.organization_id)


def thresholds_visible_to(viewer: Viewer) -> sa.Select[Threshold]:
    return sa.select(Threshold).where(Threshold.organization_id == viewer.organization_id)


def by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DeliverableTemplate]:
    found = session.scalars(visible_to(viewer).where(DeliverableTemplate.id.in_(set(ids))))
    return {row.id: row for row in found}


def versions(
    session: Session, template_ids: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, list[DeliverableTemplateVersion]]:
    """All versions of templates that the caller loaded through `visible_to`, the newest first."""
    found: dict[uuid.UUID, list[DeliverableTemplateVersion]] = {}
    for version in session.scalars(
        sa.select(DeliverableTemplateVersion)
        .where(DeliverableTemplateVersion.template_id.in_(set(template_ids)))
        .order_by(DeliverableTemplateVersion.number.desc())
    ):
        found.setdefault(version.template_id, []).append(version)
    return found


def newest_versions(session: Session, template_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DeliverableTemplateVersion]:
    """The newest version of each of these templates."""
    found = session.scalars(
        sa.select(DeliverableTemplateVersion)
        .join(
            DeliverableTemplate,
            sa.and_(
                DeliverableTemplate.id == DeliverableTemplateVersion.template_id,
                DeliverableTemplate.number == DeliverableTemplateVersion.number,
            ),
        )
        .where(DeliverableTemplate.id.in_(set(template_ids)))
    )
    return {version.template_id: version for version in found}


def versions_by_ids(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DeliverableTemplateVersion]:
    found = session.scalars(sa.select(DeliverableTemplateVersion).where(DeliverableTemplateVersion.id.in_(set(ids))))
    return {version.id: version for version in found}


def thresholds_by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Threshold]:
    found = session.scalars(thresholds_visible_to(viewer).where(Threshold.id.in_(set(ids))))
    return {row.id: row for row in found}


def thresholds(session: Session, template_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[Threshold]]:
    """The thresholds of these templates, by metric and scope; retired ones included."""
    found: dict[uuid.UUID, list[Threshold]] = {}
    for row in session.scalars(
        sa.select(Threshold)
        .where(Threshold.template_id.in_(set(template_ids)))
        .order_by(Threshold.metric, Threshold.scope_pattern, Threshold.id)
    ):
        found.setdefault(row.template_id, []).append(row)
    return found


def threshold_versions(
    session: Session, threshold_ids: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, list[ThresholdVersion]]:
    """All versions of these thresholds, the newest first."""
    found: dict[uuid.UUID, list[ThresholdVersion]] = {}
    for version in session.scalars(
        sa.select(ThresholdVersion)
        .where(ThresholdVersion.threshold_id.in_(set(threshold_ids)))
        .order_by(ThresholdVersion.number.desc())
    ):
        found.setdefault(version.threshold_id, []).append(version)
    return found


def thresholds_in_force(session: Session, template_id: uuid.UUID) -> list[tuple[Threshold, ThresholdVersion]]:
    """What judges a template's deliverables now: each threshold that is not retired, with its newest version."""
    found = session.execute(
        sa.select(Threshold, ThresholdVersion)
        .join(
            ThresholdVersion,
            sa.and_(ThresholdVersion.threshold_id == Threshold.id, ThresholdVersion.number == Threshold.number),
        )
        .where(Threshold.template_id == template_id, Threshold.retired_at.is_(None))
        .order_by(Threshold.metric, Threshold.scope_pattern, Threshold.id)
    )
    return [(row[0], row[1]) for row in found]
