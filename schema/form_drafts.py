"""A company's own forms in the schema: a blank is registered, what was proposed is looked over, tried and published."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

import schema.intake  # noqa: F401  it describes the enums that a trial shares with a reading
from db.models import forms as rows
from db.models.jobs import Job as JobRow
from db.queries import forms
from db.queries.forms import FORM_ROLES
from db.queries.paging import Order, Page, fetch_page
from ocr.contract import FieldSource, FieldStatus, FieldType, MatchedBy
from ocr.contract import FormField as TemplateFieldRow
from resolvers import form_drafts
from resolvers.forms import template_from
from resolvers.reasons import reason_text
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.files import file_url
from schema.forms import FormTemplate, TemplateField, form_of, load_forms
from schema.jobs import Job, load_jobs
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Person, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant, only
from schema.relay import After, Connection, First, Node, decode_id, node_type, read_page
from schema.scalars import Json, UploadedFile, described_enum

described_enum(
    rows.DraftStatus,
    name="FormDraftStatus",
    description="How far a form is that somebody registers.",
    values={
        "PROPOSING": "A worker proposes a template.",
        "READY": "Proposed; look it over, edit it, try it, publish it.",
        "FAILED": "Nothing could be proposed; the reason says why.",
        "PUBLISHED": "Published; a change is a new draft.",
        "DISCARDED": "Given up.",
    },
)
described_enum(
    rows.TrialStatus,
    name="FormTrialStatus",
    description="How far a trial is.",
    values={
        "QUEUED": "A worker will read the photograph.",
        "DONE": "Read; with a reason, the photograph would be refused.",
        "FAILED": "The file could not be read; the reason says why.",
    },
)

LATEST_FIRST = Order((rows.FormDraft.created_at, rows.FormDraft.id), descending=True)
MAKERS = only(*FORM_ROLES)
MAKERS_SEE = Permission("HR and ADMINISTRATOR; others see no drafts")


def _load_drafts(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.FormDraft | None]:
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(forms.drafts_by_ids(context.session, context.viewer, wanted), ids)


def _load_trials(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.FormTrial | None]:
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(forms.trials_by_ids(context.session, context.viewer, wanted), ids)


def _jobs(context: Context, parents: Sequence[Any]) -> list[JobRow | None]:
    return load_jobs(context, [row.job_id for row in parents])


def _reasons(context: Context, parents: Sequence[Any]) -> list[str | None]:
    return [None if row.reason_code is None else reason_text(row.reason_code, context.locale) for row in parents]


def _draft_pages(context: Context, parents: Sequence[rows.FormDraft]) -> list[list[rows.FormDraftPage]]:
    found = forms.draft_pages(context.session, [draft.id for draft in parents])
    return [found.get(draft.id, []) for draft in parents]


def _trial_pages(context: Context, parents: Sequence[rows.FormTrial]) -> list[list[rows.FormTrialPage]]:
    found = forms.trial_pages(context.session, [trial.id for trial in parents])
    return [found.get(trial.id, []) for trial in parents]


def _urls(context: Context, pages: Sequence[Any]) -> list[str]:
    return [file_url(context, page.image_id) for page in pages]


def _last_trials(context: Context, parents: Sequence[rows.FormDraft]) -> list[rows.FormTrial | None]:
    found = forms.last_trials(context.session, context.viewer, [draft.id for draft in parents])
    return [found.get(draft.id) for draft in parents]


def _fields(_context: Context, parents: Sequence[rows.FormDraft]) -> list[list[TemplateFieldRow]]:
    return [list(template_from(draft.definition).fields) if draft.definition else [] for draft in parents]


def _trial_fields(_context: Context, parents: Sequence[rows.FormTrial]) -> list[list[form_drafts.TrialField]]:
    return [[form_drafts.TrialField(**field) for field in trial.fields] for trial in parents]


def _trial_labels(context: Context, parents: Sequence[form_drafts.TrialField]) -> list[str]:
    return [field.label_zh if context.locale == "zh" else field.label_en for field in parents]


@strawberry.type(description="The picture of one page of a blank, flat and straight: what places in the form refer to.")
class FormDraftPage:
    number: int = field(description="Number of the page, from 1.")
    url: str = batch(_urls, description="Where to get the picture (PNG), for some minutes; relative to the API.")
    width: int = field(description="Pixels, at 200 dpi.")
    height: int = field(description="Pixels, at 200 dpi.")


@strawberry.type(description="One page of a trial's photograph, upright.")
class FormTrialPage:
    number: int = field(description="Number of the page, from 1.")
    url: str = batch(_urls, description="Where to get the picture (JPEG), for some minutes; relative to the API.")
    width: int = field(description="Pixels.")
    height: int = field(description="Pixels.")
    labels_found: int = field(description="How many of the form's printed labels were found in place.")
    labels_expected: int = field(description="How many were looked for.")


@strawberry.type(description="What a trial read in one field.")
class FormTrialField:
    key: str = field(description="Key of the field in the form.")
    label: str = batch(_trial_labels, description="What the form prints beside it.")
    type: FieldType = field(description="What it holds.")
    page: int = field(description="The page it is on, from 1.")
    value: str | None = field(description="Normalised: ISO date, plain decimal, option, `present`, or text.")
    raw_text: str = field(description="The characters as they were recognised, or as a form field of the PDF has them.")
    source: FieldSource = field(description="Where the value comes from.")
    confidence: float = field(description="How sure the machine is, 0 to 1.")
    status: FieldStatus = field(description="What the machine made of it.")
    box: list[list[float]] | None = field(description="Its four corners [x, y] in pixels of the page's picture.")
    notes: list[str] = field(description="Codes of what was noticed.")


@node_type(rows.FormTrial, load=_load_trials, description="An example photograph read with a form not yet published.")
class FormTrial(Node):
    status: rows.TrialStatus = field(description="How far it is.")
    reason_code: str | None = field(description="Why it failed, or why the photograph would be refused, for programs.")
    reason_message: str | None = batch(_reasons, description="The same in the viewer's language, and what to do.")
    matched_by: MatchedBy | None = field(description="How the form was recognised.")
    match_score: float | None = field(description="How sure the form is, 0 to 1.")
    warnings: list[str] = field(description="Codes of what stands against the reading.")
    fields: list[FormTrialField] = batch(_trial_fields, description="What would be read, in the order of the form.")
    pages: list[FormTrialPage] = batch(_trial_pages, description="Its pages.")
    job: Job | None = batch(_jobs, description="The job that reads it; follow it by `jobProgress`.")
    created_at: datetime.datetime = field(description="When it was asked for.")


@node_type(rows.FormDraft, load=_load_drafts, description="A company's own form on its way from a blank to a version.")
class FormDraft(Node):
    key: str = field(description="Key of the form that it will be a version of.")
    status: rows.DraftStatus = field(description="How far it is.")
    reason_code: str | None = field(description="Why it failed, for programs.")
    reason_message: str | None = batch(_reasons, description="Why it failed and what to do, in the viewer's language.")
    definition: Json = field(
        description=(
            "The form as JSON: `title`, `page_size_mm`, `fields` (`key`, `label`, `type`, `page`, `box_mm` [x, y, "
            "width, height] in millimetres from the top left, `options`, `required`, `role`, …), `anchors` (the "
            "printed words that photographs are put in place by). Empty until it was proposed."
        )
    )
    fields: list[TemplateField] = batch(_fields, description="Its fields, in the order of the form.")
    pages: list[FormDraftPage] = batch(_draft_pages, description="The pages of the blank.")
    notes: list[str] = field(description="Codes of what a person should look at, such as `label_missing`.")
    filename: str = field(description="Name of the blank's file, cleaned.")
    last_trial: FormTrial | None = batch(_last_trials, description="The latest trial on an example photograph.")
    template: FormTemplate | None = batch(form_of("form_version_id"), description="The version published of it.")
    job: Job | None = batch(_jobs, description="The job that proposes it; follow it by `jobProgress`.")
    created_by: Person | None = batch(person_of("created_by"), description="Who registered it.")
    created_at: datetime.datetime = field(description="When it was registered.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


def _drafts(context: Context, first: First = None, after: After = None) -> Page[rows.FormDraft]:
    statement = forms.drafts_visible_to(context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, LATEST_FIRST, page), first, after)


@strawberry.input(description="The blank of a company's own form.")
class RegisterFormTemplateInput:
    file: UploadedFile = strawberry.field(
        description="A scan, photograph or PDF of the empty form; JPEG, PNG, WebP, HEIC, TIFF or PDF, at most 50 MB."
    )
    key: str = strawberry.field(
        description="Key of the form: lower-case letters, digits and hyphens. A key in use: the form's next version."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The draft that will be proposed.")
class RegisterFormTemplatePayload:
    draft: FormDraft | None = field(description="The draft; its job proposes fields. Null when the file was refused.")
    errors: list[UserError] = field(description="Why not; nothing was stored then.")


@strawberry.input(description="A draft's form, as it shall be.")
class EditFormDraftInput:
    id: strawberry.ID = strawberry.field(description="Global id of the draft.")
    definition: Json = strawberry.field(
        description="The whole form as in `FormDraft.definition`; `anchors` left out stay as they are."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The edited draft.")
class EditFormDraftPayload:
    draft: FormDraft | None = field(description="The draft; null when it was not changed.")
    errors: list[UserError] = field(description="What is wrong; FORM_INVALID names the place in the definition.")


@strawberry.input(description="An example photograph of the form, filled in.")
class TryFormDraftInput:
    id: strawberry.ID = strawberry.field(description="Global id of the draft.")
    file: UploadedFile = strawberry.field(description="JPEG, PNG, WebP, HEIC, TIFF or PDF; at most 50 MB.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The trial that will be read.")
class TryFormDraftPayload:
    trial: FormTrial | None = field(description="The trial; its job reads the photograph.")
    errors: list[UserError] = field(description="Why there is none; empty on success.")


@strawberry.input(description="Which draft to publish.")
class PublishFormDraftInput:
    id: strawberry.ID = strawberry.field(description="Global id of the draft.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The published version.")
class PublishFormDraftPayload:
    template: FormTemplate | None = field(description="The version; it never changes.")
    draft: FormDraft | None = field(description="The draft that it was published from.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.input(description="Which draft to give up.")
class DiscardFormDraftInput:
    id: strawberry.ID = strawberry.field(description="Global id of the draft.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The draft that was given up.")
class DiscardFormDraftPayload:
    draft: FormDraft | None = field(description="The draft; null when it could not be given up.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _register(context: Context, input: RegisterFormTemplateInput) -> Mapping[str, Any]:
    blank = form_drafts.Blank(input.file.read(), input.file.filename, input.key)
    return {"draft": form_drafts.register(context.session, context.viewer, context.files, blank)}


def _edit(context: Context, input: EditFormDraftInput) -> Mapping[str, Any]:
    draft_id = decode_id(input.id, "FormDraft", at=("input", "id"))
    draft = form_drafts.edit(context.session, context.viewer, draft_id, input.definition, input.expected_version)
    return {"draft": draft}


def _try(context: Context, input: TryFormDraftInput) -> Mapping[str, Any]:
    draft_id = decode_id(input.id, "FormDraft", at=("input", "id"))
    trial = form_drafts.try_on(context.session, context.viewer, context.files, draft_id, input.file.read())
    return {"trial": trial}


def _publish(context: Context, input: PublishFormDraftInput) -> Mapping[str, Any]:
    draft_id = decode_id(input.id, "FormDraft", at=("input", "id"))
    version = form_drafts.publish(context.session, context.viewer, draft_id, input.expected_version)
    return {"template": load_forms(context, [version.id])[0], "draft": _load_drafts(context, [draft_id])[0]}


def _discard(context: Context, input: DiscardFormDraftInput) -> Mapping[str, Any]:
    draft_id = decode_id(input.id, "FormDraft", at=("input", "id"))
    return {"draft": form_drafts.discard(context.session, context.viewer, draft_id, input.expected_version)}


@strawberry.type
class FormDraftQueries:
    form_drafts: Connection[FormDraft] = root(
        _drafts, description="The organisation's forms in the making, the latest first."
    )


@strawberry.type
class FormDraftMutations:
    register_form_template: RegisterFormTemplatePayload = mutation(
        _register, description="Register a form of the company's own from its blank; a job proposes its fields."
    )
    edit_form_draft: EditFormDraftPayload = mutation(
        _edit, description="Correct what was proposed: names, types, options, places."
    )
    try_form_draft: TryFormDraftPayload = mutation(
        _try, description="Read an example photograph with a draft, to see what it would give. Nothing is kept as read."
    )
    publish_form_draft: PublishFormDraftPayload = mutation(
        _publish,
        description="Publish a draft as the next version of its form. Earlier versions keep reading old sheets.",
    )
    discard_form_draft: DiscardFormDraftPayload = mutation(_discard, description="Give a draft up.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "formDrafts"),
    **grant(
        "Mutation",
        MAKERS,
        "registerFormTemplate editFormDraft tryFormDraft publishFormDraft discardFormDraft",
    ),
    **grant(
        "FormDraft",
        MAKERS_SEE,
        "id key status reasonCode reasonMessage definition fields pages notes filename lastTrial template job "
        "createdBy createdAt version",
    ),
    **grant("FormDraftPage", MAKERS_SEE, "number url width height"),
    **grant(
        "FormTrial",
        MAKERS_SEE,
        "id status reasonCode reasonMessage matchedBy matchScore warnings fields pages job createdAt",
    ),
    **grant("FormTrialPage", MAKERS_SEE, "number url width height labelsFound labelsExpected"),
    **grant("FormTrialField", MAKERS_SEE, "key label type page value rawText source confidence status box notes"),
}
