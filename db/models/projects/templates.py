"""What a deliverable must contain, and from which value on a metric is green, yellow or red: both in versions."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, ForeignKey, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned


class DeliverableTemplate(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """A kind of deliverable, such as a load-test report. What it must contain is in its versions."""

    __tablename__ = "deliverable_template"
    __table_args__ = (UniqueConstraint("organization_id", "key"),)

    key: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    """Of the newest version."""
    retired_at: Mapped[datetime.datetime | None]
    """From then on nothing new is handed in under it."""


class DeliverableTemplateVersion(Base, Identified, OrganizationOwned, Timestamped):
    """A published template. Rows are never changed."""

    __tablename__ = "deliverable_template_version"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliverable_template.id"))
    number: Mapped[int]
    """From 1."""
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    requirements: Mapped[list[Any]]
    """Objects of `resolvers.projects.templates.Requirement`."""
    definitions: Mapped[list[Any]]
    """Objects of `ml.metrics.contract.MetricDefinition`."""
    published_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class ThresholdDirection(StrEnum):
    AT_MOST = "AT_MOST"
    """Lower is better: latencies, error rates."""
    AT_LEAST = "AT_LEAST"
    """Higher is better: throughput, pass rates."""
    WITHIN = "WITHIN"
    """Neither too low nor too high."""


class Threshold(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """How one metric of a template's deliverables is judged. The bounds are in its versions."""

    __tablename__ = "threshold"
    __table_args__ = (UniqueConstraint("template_id", "metric", "scope_pattern"),)

    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliverable_template.id"))
    metric: Mapped[str] = mapped_column(String(200))
    scope_pattern: Mapped[str] = mapped_column(String(200))
    """See `resolvers.rules.flags.matches`."""
    number: Mapped[int]
    """Of the newest version."""
    retired_at: Mapped[datetime.datetime | None]
    """From then on it judges nothing new."""


class ThresholdVersion(Base, Identified, OrganizationOwned, Timestamped):
    """The bounds of a threshold from a moment on. Rows are never changed."""

    __tablename__ = "threshold_version"
    __table_args__ = (UniqueConstraint("threshold_id", "number"),)

    threshold_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("threshold.id"))
    number: Mapped[int]
    """From 1."""
    unit: Mapped[str] = mapped_column(String(32))
    direction: Mapped[ThresholdDirection]
    green_low: Mapped[Decimal | None]
    green_high: Mapped[Decimal | None]
    yellow_low: Mapped[Decimal | None]
    yellow_high: Mapped[Decimal | None]
    """`AT_MOST` has the high bounds, `AT_LEAST` the low ones, `WITHIN` all four."""
    minimum_samples: Mapped[int] = mapped_column(default=0)
    minimum_confidence: Mapped[Decimal | None]
    """How sure the machine must be of a value that is green without a person's word, 0 to 1. None: published before
    this was asked; see `resolvers.rules.flags.SURE`."""
    required: Mapped[bool] = mapped_column(default=True)
    """Whether it counts for the flag of the deliverable."""
    published_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class PublishedVersionChangedError(RuntimeError):
    """Something tried to change or delete a published version."""


def _refuse(_mapper: Mapper[Any], _connection: Connection, row: DeliverableTemplateVersion | ThresholdVersion) -> None:
    raise PublishedVersionChangedError(f"version {row.number} of {row.__tablename__} must stay as it is")


for _table in (DeliverableTemplateVersion, ThresholdVersion):
    event.listen(_table, "before_update", _refuse)
    event.listen(_table, "before_delete", _refuse)
