"""Tables of customers' comments in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models.feedback import customers as rows
from db.models.goal_updates import TableFormat, TransferStatus
from db.queries.feedback import customers
from resolvers.feedback import comment_imports
from resolvers.feedback.customers import RECORDERS
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.goal_transfers import GoalTableColumn
from schema.jobs import Job, load_jobs
from schema.mutation import REQUEST_ID, mutation
from schema.people import loaded
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant, only
from schema.relay import Node, node_type
from schema.scalars import UploadedFile
from schema.table_errors import TableError

SEERS = Permission("who asked for it, and HR")


def _load(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.CustomerCommentImport | None]:
    statement = customers.imports(context.viewer).where(rows.CustomerCommentImport.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _jobs(context: Context, parents: Sequence[Any]) -> list[Any]:
    return load_jobs(context, [row.job_id for row in parents])


@strawberry.type(description="What is wrong with one place of a table.")
class CustomerCommentImportError(TableError):
    pass


@node_type(rows.CustomerCommentImport, load=_load, description="A table of customers' comments that somebody sent.")
class CustomerCommentImport(Node):
    format: TableFormat = field(description="What kind of table it is.")
    dry_run: bool = field(description="True: everything is checked and nothing recorded.")
    status: TransferStatus = field(description="How far it is.")
    rows: int = field(description="Comments found in the table.")
    created: int = field(description="Comments recorded.")
    repeated: int = field(description="Comments that were known already.")
    errors: list[CustomerCommentImportError] = field(description="What is wrong, at most the first 200 places.")
    job: Job | None = batch(_jobs, description="The job that reads it; follow it by `jobProgress`.")
    created_at: datetime.datetime = field(description="When it was sent.")
    finished_at: datetime.datetime | None = field(description="When it was done or refused.")


@strawberry.type
class CommentImportQueries:
    customer_comment_table_columns: list[GoalTableColumn] = root(
        lambda _context: list(comment_imports.COLUMNS),
        description="The columns that imports of customers' comments understand.",
    )


@strawberry.input(description="A table of customers' comments, of at most 5,000 comments and 10 MB.")
class ImportCustomerCommentsInput:
    file: UploadedFile = strawberry.field(
        description="CSV (UTF-8 or GB18030) or XLSX; see customerCommentTableColumns."
    )
    dry_run: bool = strawberry.field(default=False, description="True: only check.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The import, to be followed by its job.")
class ImportCustomerCommentsPayload:
    comment_import: CustomerCommentImport | None = field(description="The import; null when the file was refused.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _import(context: Context, input: ImportCustomerCommentsInput) -> Mapping[str, Any]:
    content = input.file.read()
    made = comment_imports.request_import(
        context.session, context.viewer, context.files, content, dry_run=input.dry_run
    )
    return {"comment_import": made}


@strawberry.type
class CommentImportMutations:
    import_customer_comments: ImportCustomerCommentsPayload = mutation(
        _import,
        description="Record the comments of a table, all or none; each must be one that the viewer may record.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "customerCommentTableColumns"),
    **grant("Mutation", only(*RECORDERS), "importCustomerComments"),
    **grant(
        "CustomerCommentImport",
        SEERS,
        "id format dryRun status rows created repeated errors job createdAt finishedAt",
    ),
    **grant("CustomerCommentImportError", SEERS, "row column code message"),
}
