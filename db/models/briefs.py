"""Fact briefs: what is known of a person's work in a cycle, every sentence bound to its evidence."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned


class Audience(StrEnum):
    """For whom a brief is written. Nothing that this reader may not see goes into it."""

    SUBJECT = "SUBJECT"
    LINE = "LINE"
    """The managers above the subject."""
    HR = "HR"


class BriefStatus(StrEnum):
    QUEUED = "QUEUED"
    READY = "READY"
    INSUFFICIENT = "INSUFFICIENT"
    """Too little evidence for sentences about the person; what is missing is said, and figures are shown."""
    FAILED = "FAILED"


class EvidenceSource(StrEnum):
    """Where a piece of evidence is recorded."""

    MEASURE = "MEASURE"
    DELIVERABLE = "DELIVERABLE"
    CHECK_IN = "CHECK_IN"
    REVIEW = "REVIEW"
    FEEDBACK = "FEEDBACK"
    CUSTOMER_COMMENT = "CUSTOMER_COMMENT"
    ONE_ON_ONE = "ONE_ON_ONE"
    GROWTH_ENTRY = "GROWTH_ENTRY"
    RETROSPECTIVE = "RETROSPECTIVE"


class Voice(StrEnum):
    """Who speaks in a piece of evidence. Different voices are never merged into one sentence."""

    PEER = "PEER"
    MANAGER = "MANAGER"
    CUSTOMER = "CUSTOMER"
    SELF = "SELF"
    SYSTEM = "SYSTEM"


class BriefSection(StrEnum):
    """The parts of a brief, in their order."""

    RESULTS = "RESULTS"
    STRENGTHS = "STRENGTHS"
    CONCERNS = "CONCERNS"
    FACTS = "FACTS"
    DISAGREEMENTS = "DISAGREEMENTS"
    """Where result data and process evidence do not agree."""
    CHANGES = "CHANGES"
    """Against the cycle before."""
    GROWTH = "GROWTH"
    """Growth wishes, next steps and commitments."""


class Brief(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """One edition. Its text is never changed: other evidence makes another edition."""

    __tablename__ = "brief"
    __table_args__ = (
        UniqueConstraint("subject_id", "cycle_id", "audience", "language", "edition"),
        Index("ix_brief_page", "organization_id", "created_at", "id"),
    )

    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"), index=True)
    audience: Mapped[Audience]
    language: Mapped[str] = mapped_column(String(2))
    edition: Mapped[int]
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None: the system, when the cycle entered its review."""
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    status: Mapped[BriefStatus] = mapped_column(default=BriefStatus.QUEUED)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of evidence, exclusions, audience, language and generator: equal digests, equal briefs."""
    engine: Mapped[str | None] = mapped_column(String(200))
    """Engine, model and prompt version that wrote it."""
    fallback: Mapped[str | None] = mapped_column(String(500))
    """Why the configured engine was not used."""
    gaps: Mapped[list[Any]] = mapped_column(default=list)
    """`{code, params}` each: what is thin or missing."""
    dropped: Mapped[list[Any]] = mapped_column(default=list)
    """`{text, reason}` each: sentences that a check refused; emptied when evidence of the brief is erased."""
    written_at: Mapped[datetime.datetime | None]


class BriefEvidence(Base, Identified, OrganizationOwned):
    """A piece of evidence as it stood when the brief was written."""

    __tablename__ = "brief_evidence"
    __table_args__ = (UniqueConstraint("brief_id", "position"),)

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brief.id"))
    position: Mapped[int]
    """From 1; the number under which sentences cite it."""
    source: Mapped[EvidenceSource]
    source_id: Mapped[uuid.UUID] = mapped_column(index=True)
    part: Mapped[str] = mapped_column(String(100), default="")
    """Which words of the source: the field of a check-in, the question of a form."""
    voice: Mapped[Voice]
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    goal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal.id"))
    occurred_on: Mapped[datetime.date | None]
    text: Mapped[str] = mapped_column(Text)
    """Verbatim; empty once it was erased."""
    erased_at: Mapped[datetime.datetime | None]
    """Since when its words are gone, and those of the sentences that cite it: the person they are about was erased."""
    progress: Mapped[Decimal | None]
    """Of a measure: the share of the way to its target."""
    unused_reason: Mapped[str | None] = mapped_column(String(40))
    """Why no sentence cites it; None when one does."""


class BriefSentence(Base, Identified, OrganizationOwned):
    __tablename__ = "brief_sentence"
    __table_args__ = (UniqueConstraint("brief_id", "position"),)

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brief.id"))
    position: Mapped[int]
    section: Mapped[BriefSection]
    text: Mapped[str] = mapped_column(Text)
    conflict: Mapped[bool]
    """It sets two pieces of evidence against each other."""
    confidence: Mapped[Decimal]
    """1, or what a configured inference model lowered it to."""
    support_notes: Mapped[int]
    support_of: Mapped[int]
    support_people: Mapped[int]
    checks: Mapped[list[Any]] = mapped_column(default=list)
    """Names of the checks that it passed."""
    citations: Mapped[list[Any]] = mapped_column(default=list)
    """`{evidence, start, end}` each: position of the evidence, and the characters of its text that are cited."""


class EvidenceExclusion(Base, Identified, OrganizationOwned, Timestamped):
    """Somebody who answers for the subject left a piece of evidence out of the briefs of a cycle, for a reason."""

    __tablename__ = "evidence_exclusion"
    __table_args__ = (Index("ix_evidence_exclusion_subject", "subject_id", "cycle_id"),)

    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"))
    source: Mapped[EvidenceSource]
    source_id: Mapped[uuid.UUID]
    part: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(Text)
    excluded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    lifted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime.datetime | None]


class DocumentFormat(StrEnum):
    HTML = "HTML"
    PDF = "PDF"
    DOCX = "DOCX"
    JSON = "JSON"


class DocumentStatus(StrEnum):
    QUEUED = "QUEUED"
    DONE = "DONE"
    FAILED = "FAILED"


class BriefDocument(Base, Identified, OrganizationOwned, Timestamped):
    """A brief as a file, with what whoever asked for it may read. Nobody else may have it."""

    __tablename__ = "brief_document"

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brief.id"), index=True)
    format: Mapped[DocumentFormat]
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    status: Mapped[DocumentStatus] = mapped_column(default=DocumentStatus.QUEUED)
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    evidence: Mapped[list[Any] | None]
    """Positions of the evidence that stands in the file; None for files of before this was kept: all of it."""
    finished_at: Mapped[datetime.datetime | None]


class BatchStatus(StrEnum):
    RUNNING = "RUNNING"
    """A worker is at it, or will be."""
    CANCELLED = "CANCELLED"
    DONE = "DONE"
    FAILED = "FAILED"


class BatchOutcome(StrEnum):
    """What came of a person in a batch."""

    WAITING = "WAITING"
    WRITTEN = "WRITTEN"
    UNCHANGED = "UNCHANGED"
    """The evidence gave the brief that was there."""
    LEFT_OUT = "LEFT_OUT"


class LeftOut(StrEnum):
    """Why a person is not in a batch's archive."""

    NO_EMPLOYMENT = "NO_EMPLOYMENT"
    NO_ACCESS = "NO_ACCESS"
    NO_AUDIENCE = "NO_AUDIENCE"
    INSUFFICIENT = "INSUFFICIENT"
    FAILED = "FAILED"


class BriefBatch(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """The briefs of a department or of the organisation as one archive, for whoever asked and nobody else."""

    __tablename__ = "brief_batch"
    __table_args__ = (Index("ix_brief_batch_page", "organization_id", "requested_by", "created_at", "id"),)

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"))
    department_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"))
    """With all departments inside it; None: the organisation."""
    audience: Mapped[Audience]
    language: Mapped[str] = mapped_column(String(2))
    formats: Mapped[list[Any]]
    """Names of `DocumentFormat`, each once."""
    requested_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("job.id"))
    """The one job that may work on it: a job of before a cancellation finds another one here and stops."""
    status: Mapped[BatchStatus] = mapped_column(default=BatchStatus.RUNNING)
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    finished_at: Mapped[datetime.datetime | None]


class BriefBatchEntry(Base, Identified, OrganizationOwned):
    """A person of a batch."""

    __tablename__ = "brief_batch_entry"
    __table_args__ = (UniqueConstraint("batch_id", "position"),)

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brief_batch.id"))
    position: Mapped[int]
    """From 1, by staff number."""
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    brief_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("brief.id"))
    outcome: Mapped[BatchOutcome] = mapped_column(default=BatchOutcome.WAITING)
    reason: Mapped[LeftOut | None]
