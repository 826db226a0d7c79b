"""Paper in the schema: handing files in, a person's decision, and printing sheets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import strawberry

from db.viewer import Role
from resolvers.access import PAPER_ROLES
from resolvers.intake import arranging, choosing, confirmation, erasure, retention, sheets, uploads
from schema.batching import field
from schema.context import Context
from schema.errors import UserError
from schema.inputs import lookup_text, optional_id
from schema.intake_types import FormSheet, IntakeDocument, IntakePolicy, IntakeUpload, documents_of, load_documents
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.permissions import PermissionMap, grant, only
from schema.relay import decode_id
from schema.reviews import Review, load_reviews
from schema.scalars import UploadedFile


@strawberry.input(description="A photographed or scanned form.")
class UploadIntakeDocumentInput:
    file: UploadedFile = strawberry.field(
        description="JPEG, PNG, WebP, HEIC, TIFF or PDF, by content; at most 50 MB and 100 megapixels."
    )
    template_key: str | None = strawberry.field(
        default=None, description="Key of the form, if it shall not be recognised."
    )
    review_id: strawberry.ID | None = strawberry.field(
        default=None, description="The draft review whose paper it is; confirming completes that review."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Photographed or scanned forms, handed in at once.")
class UploadIntakeDocumentsInput:
    files: list[UploadedFile] = strawberry.field(
        description="At most 50 files of the kinds of uploadIntakeDocument, with at most 200 pages in all."
    )
    together: bool = strawberry.field(
        default=False, description="All files are pages of one document, in this order, unless their codes differ."
    )
    pages_per_document: int | None = strawberry.field(
        default=None,
        description=(
            "So many pages without a readable code make a document, 1 to 20. Without it those of one file do, and "
            "among pages of several sheets each stands alone."
        ),
    )
    template_key: str | None = strawberry.field(
        default=None, description="Key of the form, if it shall not be recognised."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="What became of the files.")
class UploadIntakeDocumentsPayload:
    upload: IntakeUpload | None = field(
        description="The act of handing them in; its progress tells how far it is. Null when a file was refused."
    )
    documents: list[IntakeDocument] | None = field(
        description="A document for each file at first; once the files were inspected, one for each sheet of paper."
    )
    errors: list[UserError] = field(description="Every file that was refused, by its place; nothing was stored then.")


@strawberry.type(description="What became of the file.")
class UploadIntakeDocumentPayload:
    upload: IntakeUpload | None = field(description="The act of handing it in; null when the file was refused.")
    documents: list[IntakeDocument] | None = field(description="The filled forms in it, waiting to be read.")
    errors: list[UserError] = field(description="Why the file was refused; nothing was stored then.")


@strawberry.input(description="What a person says that a field holds. Naming a field means having checked it.")
class IntakeFieldInput:
    key: str = strawberry.field(description="Key of the field.")
    value: str | None = strawberry.field(
        default=None, description="The value (dates as YYYY-MM-DD, signatures as `present`); null means empty."
    )


@strawberry.input(description="A person's word on a photographed form.")
class ConfirmIntakeDocumentInput:
    id: strawberry.ID = strawberry.field(description="Global id of the document.")
    fields: list[IntakeFieldInput] = strawberry.field(
        default_factory=list,
        description="The fields that the person checked. Every required field whose status is not READ must be named, "
        "and every field that two people check; by who decides between them, every disputed one.",
    )
    subject_id: strawberry.ID | None = strawberry.field(
        default=None, description="Whom the form is about, when nobody or somebody else was found."
    )
    cycle_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which cycle the form is about, when none or another was found."
    )
    comment: str | None = strawberry.field(default=None, description="A remark that stays with the review.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The review that was made.")
class ConfirmIntakeDocumentPayload:
    review: Review | None = field(
        description="The review; null when the document was not confirmed, or waits for another person (`waitsFor`)."
    )
    document: IntakeDocument | None = field(description="The document; null when the entries were refused.")
    errors: list[UserError] = field(description="What stands against it; fields are named by their keys.")


@strawberry.input(description="Why a document is turned down.")
class RejectIntakeDocumentInput:
    id: strawberry.ID = strawberry.field(description="Global id of the document.")
    reason: str = strawberry.field(description="Why, for who handed it in; at most 2000 characters.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The document that was turned down.")
class RejectIntakeDocumentPayload:
    document: IntakeDocument | None = field(description="The document; null when it could not be turned down.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.input(description="Which form a document is.")
class ChooseIntakeTemplateInput:
    id: strawberry.ID = strawberry.field(description="Global id of the document, whose status is NEEDS_TEMPLATE.")
    form_template_id: strawberry.ID = strawberry.field(description="Global id of the form's version.")
    by_hand: bool = strawberry.field(
        default=False,
        description="True: do not read it again; a person fills in the fields, with the suggestions in them.",
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The document whose form is known now.")
class ChooseIntakeTemplatePayload:
    document: IntakeDocument | None = field(description="The document; its job reads it as that form.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.input(description="For whom to print a form.")
class RequestFormSheetInput:
    template_key: str = strawberry.field(description="Key of the form; its newest version is printed.")
    subject_id: strawberry.ID = strawberry.field(description="For whom.")
    cycle_id: strawberry.ID = strawberry.field(description="For which cycle.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The sheet that will be printed.")
class RequestFormSheetPayload:
    sheet: FormSheet | None = field(description="The sheet; its job makes the PDF.")
    errors: list[UserError] = field(description="Why there is none; empty on success.")


def _upload(context: Context, input: UploadIntakeDocumentInput) -> Mapping[str, Any]:
    draft = uploads.UploadDraft(
        files=[uploads.ReceivedFile(input.file.read(), input.file.filename)],
        template_key=lookup_text(input.template_key, ("input", "templateKey")),
        review_id=optional_id(input.review_id, "Review", ("input", "reviewId")),
    )
    return _received(context, draft)


def _upload_several(context: Context, input: UploadIntakeDocumentsInput) -> Mapping[str, Any]:
    draft = uploads.UploadDraft(
        # One after another: together they may be larger than memory.
        files=(
            uploads.ReceivedFile(file.read(), file.filename, ("input", "files", str(place)))
            for place, file in enumerate(input.files)
        ),
        template_key=lookup_text(input.template_key, ("input", "templateKey")),
        together=input.together,
        pages_per_document=input.pages_per_document,
    )
    return _received(context, draft)


def _received(context: Context, draft: uploads.UploadDraft) -> Mapping[str, Any]:
    upload = uploads.receive_upload(context.session, context.viewer, context.files, draft)
    return {"upload": upload, "documents": documents_of(context, [upload])[0]}


def _confirm(context: Context, input: ConfirmIntakeDocumentInput) -> Mapping[str, Any]:
    document_id = decode_id(input.id, "IntakeDocument", at=("input", "id"))
    word = confirmation.Confirmation(
        entries=[confirmation.Entry(entry.key, entry.value) for entry in input.fields],
        expected_version=input.expected_version,
        subject_id=optional_id(input.subject_id, "Person", ("input", "subjectId")),
        cycle_id=optional_id(input.cycle_id, "Cycle", ("input", "cycleId")),
        comment=input.comment,
    )
    review = confirmation.confirm_document(context.session, context.viewer, document_id, word)
    return {
        "review": None if review is None else load_reviews(context, [review.id])[0],
        "document": load_documents(context, [document_id])[0],
    }


def _reject(context: Context, input: RejectIntakeDocumentInput) -> Mapping[str, Any]:
    document_id = decode_id(input.id, "IntakeDocument", at=("input", "id"))
    confirmation.reject_document(context.session, context.viewer, document_id, input.reason, input.expected_version)
    return {"document": load_documents(context, [document_id])[0]}


def _choose(context: Context, input: ChooseIntakeTemplateInput) -> Mapping[str, Any]:
    document_id = decode_id(input.id, "IntakeDocument", at=("input", "id"))
    version_id = decode_id(input.form_template_id, "FormTemplate", at=("input", "formTemplateId"))
    choice = choosing.Choice(version_id, input.by_hand, input.expected_version)
    choosing.choose_template(context.session, context.viewer, document_id, choice)
    return {"document": load_documents(context, [document_id])[0]}


def _request_sheet(context: Context, input: RequestFormSheetInput) -> Mapping[str, Any]:
    subject_id = decode_id(input.subject_id, "Person", at=("input", "subjectId"))
    cycle_id = decode_id(input.cycle_id, "Cycle", at=("input", "cycleId"))
    key = lookup_text(input.template_key, ("input", "templateKey")) or ""
    return {"sheet": sheets.request_sheet(context.session, context.viewer, key, subject_id, cycle_id)}


@strawberry.input(description="The pages of one document.")
class IntakePageGroupInput:
    page_ids: list[strawberry.ID] = strawberry.field(description="In the document's order; 1 to 20.")


@strawberry.input(description="Which pages make which document.")
class ArrangeIntakePagesInput:
    documents: list[IntakePageGroupInput] = strawberry.field(
        description="A document for each; pages of the same documents that are not named are left out."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The documents that were made.")
class ArrangeIntakePagesPayload:
    documents: list[IntakeDocument] | None = field(description="In the order of the input, waiting to be read.")
    errors: list[UserError] = field(description="Why there are none; empty on success.")


def _arrange(context: Context, input: ArrangeIntakePagesInput) -> Mapping[str, Any]:
    at = ("input", "documents")
    groups = [[decode_id(page, "IntakePage", at=at) for page in group.page_ids] for group in input.documents]
    return {"documents": arranging.arrange_pages(context.session, context.viewer, groups)}


@strawberry.input(description="How paper is kept.")
class SetIntakePolicyInput:
    pictures_kept_days: int = strawberry.field(
        description="Days after a form was decided for which its pictures are kept, 1 to 3650."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="How paper is kept from now on.")
class SetIntakePolicyPayload:
    policy: IntakePolicy | None = field(description="The policy; null when it was not set.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.input(description="Whose pictures and words to remove.")
class EraseIntakePicturesInput:
    person_id: strawberry.ID = strawberry.field(description="Whom the forms are about.")
    document_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Forms about nobody yet that somebody looked at and found to be this person's; see `unsure`.",
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="What was removed.")
class EraseIntakePicturesPayload:
    documents: int | None = field(description="Of how many forms; null when it was refused.")
    unsure: list[IntakeDocument] | None = field(
        description="Forms about nobody yet that may be this person's and were left as they are: a namesake's, a "
        "number alone, a character off. Look at them, and erase again with the ids of those that are."
    )
    errors: list[UserError] = field(description="Why not; empty on success.")


def _set_policy(context: Context, input: SetIntakePolicyInput) -> Mapping[str, Any]:
    days, version = input.pictures_kept_days, input.expected_version
    return {"policy": retention.set_policy(context.session, context.viewer, days, version)}


def _erase_pictures(context: Context, input: EraseIntakePicturesInput) -> Mapping[str, Any]:
    person_id = decode_id(input.person_id, "Person", at=("input", "personId"))
    looked_at = [decode_id(each, "IntakeDocument", at=("input", "documentIds")) for each in input.document_ids]
    erased = erasure.erase_paper(context.session, context.viewer, person_id, looked_at)
    return {"documents": len(erased.documents), "unsure": erased.unsure}


@strawberry.type
class IntakeMutations:
    upload_intake_document: UploadIntakeDocumentPayload = mutation(
        _upload,
        description="Hand in a photographed form; a job reads it. The same file handed in again points to the first.",
    )
    upload_intake_documents: UploadIntakeDocumentsPayload = mutation(
        _upload_several,
        description=(
            "Hand in photographed forms: several pictures of one document, or a pile of documents. Printed codes tell "
            "which pages belong together."
        ),
    )
    choose_intake_template: ChooseIntakeTemplatePayload = mutation(
        _choose, description="Say which form a document is that was not recognised; it is read again as that form."
    )
    confirm_intake_document: ConfirmIntakeDocumentPayload = mutation(
        _confirm,
        description=(
            "Make the review that a document says, exactly once. The viewer must answer for its subject, and nobody "
            "confirms a form about oneself. Of a form with fields that two people check (`setDoubleEntry`) each of "
            "them calls this once: agreement makes the review, disagreement waits for a third person's call."
        ),
    )
    reject_intake_document: RejectIntakeDocumentPayload = mutation(
        _reject, description="Turn a document down with a reason; its file and reading are kept."
    )
    arrange_intake_pages: ArrangeIntakePagesPayload = mutation(
        _arrange,
        description=(
            "Say which pages make which document, where codes and files do not: join, split or reorder. The old "
            "documents end SUPERSEDED and are kept. For who may reject them."
        ),
    )
    set_intake_policy: SetIntakePolicyPayload = mutation(
        _set_policy, description="Say for how long the pictures of paper are kept. Only HR and administrators."
    )
    erase_intake_pictures: EraseIntakePicturesPayload = mutation(
        _erase_pictures,
        description=(
            "Erase a person from paper: all pictures of forms about them (originals, pages, crops, printable sheets) "
            "go, and so do names, numbers of people, free texts and remarks in what was read, entered and answered; "
            "scores, ticks and other figures stay. A form that waited ends REJECTED. Briefs lose what they quote of "
            "them and say so, and files with it are withdrawn. It cannot be undone; the bytes are gone within a day. "
            "What other people's forms say of the person stays. A form that is still being read is not known to be "
            "the person's unless its sheet is: erase again when it is read. Only HR."
        ),
    )
    request_form_sheet: RequestFormSheetPayload = mutation(
        _request_sheet,
        description="Print a form for a person and cycle: its code finds both again. The viewer must answer for them.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Mutation", only(Role.HR, Role.ADMINISTRATOR), "setIntakePolicy"),
    **grant("Mutation", only(Role.HR), "eraseIntakePictures"),
    **grant(
        "Mutation",
        only(*PAPER_ROLES),
        "arrangeIntakePages uploadIntakeDocument uploadIntakeDocuments "
        "chooseIntakeTemplate confirmIntakeDocument rejectIntakeDocument requestFormSheet",
    ),
}
