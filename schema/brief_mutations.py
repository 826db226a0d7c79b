"""Fact briefs: asking for one, for a file of one, and leaving evidence out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import strawberry

from db.models import briefs as rows
from resolvers.briefs import documents, requesting
from schema.batching import field
from schema.briefs import Brief, BriefDocument
from schema.context import Context
from schema.errors import UserError
from schema.jobs import Job, load_jobs
from schema.mutation import REQUEST_ID, mutation
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.relay import decode_id
from schema.scalars import Language


@strawberry.input(description="Which brief to write.")
class RequestBriefInput:
    subject_id: strawberry.ID = strawberry.field(description="About this person.")
    cycle_id: strawberry.ID = strawberry.field(description="About this cycle.")
    audience: rows.Audience = strawberry.field(default=rows.Audience.LINE, description="For whom.")
    language: Language | None = strawberry.field(default=None, description="By default the viewer's.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Evidence to leave out of the briefs about a person in a cycle.")
class ExcludeBriefEvidenceInput:
    evidence_id: strawberry.ID = strawberry.field(description="The piece of evidence.")
    reason: str = strawberry.field(description="Why; it stays on record.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Evidence to take in again.")
class IncludeBriefEvidenceInput:
    evidence_id: strawberry.ID = strawberry.field(description="The piece of evidence.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Which brief to make a file of.")
class RequestBriefDocumentInput:
    brief_id: strawberry.ID = strawberry.field(description="A brief that is written.")
    format: rows.DocumentFormat = strawberry.field(default=rows.DocumentFormat.PDF, description="What kind of file.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The file, to be followed by its job.")
class RequestBriefDocumentPayload:
    brief_document: BriefDocument | None = field(description="The file; null when it was refused.")
    job: Job | None = field(description="The job that makes it.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The brief, to be followed by its job.")
class RequestBriefPayload:
    brief: Brief | None = field(description="The brief; null when it was refused.")
    job: Job | None = field(description="The job that writes it.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The edition without that evidence, to be followed by its job.")
class ExcludeBriefEvidencePayload:
    brief: Brief | None = field(description="The brief; null when nothing was changed.")
    job: Job | None = field(description="The job that writes it.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The edition with that evidence, to be followed by its job.")
class IncludeBriefEvidencePayload:
    brief: Brief | None = field(description="The brief; null when nothing was changed.")
    job: Job | None = field(description="The job that writes it.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _with_job(context: Context, brief: rows.Brief) -> Mapping[str, Any]:
    return {"brief": brief, "job": load_jobs(context, [brief.job_id])[0]}


def _request(context: Context, input: RequestBriefInput) -> Mapping[str, Any]:
    wanted = requesting.Wanted(
        decode_id(input.subject_id, "Person", at=("input", "subjectId")),
        decode_id(input.cycle_id, "Cycle", at=("input", "cycleId")),
        input.audience,
        input.language or context.locale,
        context.services.settings.generator_name,
    )
    return _with_job(context, requesting.request_brief(context.session, context.viewer, wanted))


def _exclude(context: Context, input: ExcludeBriefEvidenceInput) -> Mapping[str, Any]:
    evidence_id = decode_id(input.evidence_id, "BriefEvidence", at=("input", "evidenceId"))
    generator = context.services.settings.generator_name
    brief = requesting.exclude_evidence(context.session, context.viewer, evidence_id, input.reason, generator)
    return _with_job(context, brief)


def _include(context: Context, input: IncludeBriefEvidenceInput) -> Mapping[str, Any]:
    evidence_id = decode_id(input.evidence_id, "BriefEvidence", at=("input", "evidenceId"))
    generator = context.services.settings.generator_name
    return _with_job(context, requesting.include_evidence(context.session, context.viewer, evidence_id, generator))


def _request_document(context: Context, input: RequestBriefDocumentInput) -> Mapping[str, Any]:
    brief_id = decode_id(input.brief_id, "Brief", at=("input", "briefId"))
    made = documents.request_document(context.session, context.viewer, brief_id, input.format)
    return {"brief_document": made, "job": load_jobs(context, [made.job_id])[0]}


@strawberry.type
class BriefMutations:
    request_brief: RequestBriefPayload = mutation(
        _request,
        description="Have a brief written. Unchanged evidence gives the brief that is there. For its subject: the "
        "subject, the managers above, HR; for the line: the managers above, HR; for HR: HR.",
    )
    exclude_brief_evidence: ExcludeBriefEvidencePayload = mutation(
        _exclude, description="Leave evidence out, with a reason, and have the brief written again."
    )
    include_brief_evidence: IncludeBriefEvidencePayload = mutation(
        _include, description="Take evidence in again that was left out, and have the brief written again."
    )
    request_brief_document: RequestBriefDocumentPayload = mutation(
        _request_document, description="Have a file made of a brief that the viewer may read."
    )


PERMISSIONS: PermissionMap = {
    **grant("Mutation", SIGNED_IN, "requestBrief excludeBriefEvidence includeBriefEvidence requestBriefDocument"),
}
