"""Goals from tables and as tables, in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models import goal_updates as update_rows
from db.models.jobs import Job as JobRow
from db.queries import goal_updates
from resolvers.goals import exports, imports, tables
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.files import file_url
from schema.goals import Cycle, cycle_of
from schema.inputs import optional_id
from schema.jobs import Job, load_jobs
from schema.mutation import REQUEST_ID, mutation
from schema.people import loaded
from schema.permissions import SIGNED_IN, VISIBLE, Permission, PermissionMap, grant, only
from schema.relay import Node, decode_id, node_type
from schema.scalars import UploadedFile, described_enum
from schema.table_errors import TableError

described_enum(
    update_rows.TableFormat,
    description="What kind of table.",
    values={"CSV": "Text with separators; written in UTF-8.", "XLSX": "A workbook; the first sheet counts."},
)
described_enum(
    update_rows.TransferStatus,
    description="How far an import or export is.",
    values={
        "QUEUED": "A worker will do it.",
        "DONE": "Done; a dry run found nothing wrong.",
        "REFUSED": "Nothing was created; the errors say why.",
    },
)

IMPORT_SEERS = Permission("who asked for it, and HR")
EXPORT_SEERS = Permission("who asked for it")


def _load_imports(context: Context, ids: Sequence[uuid.UUID]) -> list[update_rows.GoalImport | None]:
    statement = goal_updates.imports(context.session, context.viewer).where(update_rows.GoalImport.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _load_exports(context: Context, ids: Sequence[uuid.UUID]) -> list[update_rows.GoalExport | None]:
    statement = goal_updates.exports(context.session, context.viewer).where(update_rows.GoalExport.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _jobs(context: Context, parents: Sequence[Any]) -> list[JobRow | None]:
    return load_jobs(context, [row.job_id for row in parents])


def _urls(context: Context, parents: Sequence[update_rows.GoalExport]) -> list[str | None]:
    return [None if row.file_id is None else file_url(context, row.file_id) for row in parents]


@strawberry.type(description="What is wrong with one place of a table.")
class GoalImportError(TableError):
    pass


@node_type(update_rows.GoalImport, load=_load_imports, description="A table of goals that somebody sent.")
class GoalImport(Node):
    cycle: Cycle | None = batch(cycle_of("cycle_id"), description="The goals' cycle.")
    format: update_rows.TableFormat = field(description="What kind of table it is.")
    dry_run: bool = field(description="True: everything is checked and nothing created.")
    status: update_rows.TransferStatus = field(description="How far it is.")
    rows: int = field(description="Goals found in the table.")
    created: int = field(description="Goals created.")
    errors: list[GoalImportError] = field(description="What is wrong, at most the first 200 places.")
    job: Job | None = batch(_jobs, description="The job that reads it; follow it by `jobProgress`.")
    created_at: datetime.datetime = field(description="When it was sent.")
    finished_at: datetime.datetime | None = field(description="When it was done or refused.")


@node_type(update_rows.GoalExport, load=_load_exports, description="A table of goals that somebody asked for.")
class GoalExport(Node):
    cycle: Cycle | None = batch(cycle_of("cycle_id"), description="The goals' cycle.")
    format: update_rows.TableFormat = field(description="What kind of table it is.")
    status: update_rows.TransferStatus = field(description="How far it is.")
    rows: int = field(description="Rows below the header.")
    url: str | None = batch(_urls, description="Address of the file, good for some minutes; null until it is done.")
    job: Job | None = batch(_jobs, description="The job that writes it.")
    created_at: datetime.datetime = field(description="When it was asked for.")
    finished_at: datetime.datetime | None = field(description="When it was done.")


@strawberry.type(description="A column of a table of goals.")
class GoalTableColumn:
    key: str = field(description="Its key, which a header may also use.")
    name: str = batch(
        lambda context, columns: [getattr(column, f"name_{context.locale}") for column in columns],
        description="Its name in the viewer's language; a header may use that of either.",
    )
    help: str = batch(
        lambda context, columns: [getattr(column, f"help_{context.locale}") for column in columns],
        description="What belongs there.",
    )
    required: bool = field(description="Whether a table must have it.")


@strawberry.type
class GoalTransferQueries:
    goal_table_columns: list[GoalTableColumn] = root(
        lambda _context: list(tables.COLUMNS), description="The columns that imports understand and exports write."
    )


@strawberry.input(description="A table of goals, of at most 5,000 goals and 10 MB.")
class ImportGoalsInput:
    file: UploadedFile = strawberry.field(description="CSV (UTF-8 or GB18030) or XLSX; see goalTableColumns.")
    cycle_id: strawberry.ID = strawberry.field(description="The cycle in which the goals are drafted.")
    dry_run: bool = strawberry.field(default=False, description="True: only check.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Which goals to write as a table.")
class ExportGoalsInput:
    cycle_id: strawberry.ID = strawberry.field(description="Of this cycle. An empty cycle gives a template.")
    department_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this department or one inside it only."
    )
    format: update_rows.TableFormat = strawberry.field(
        default=update_rows.TableFormat.XLSX, description="What kind of table."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The import, to be followed by its job.")
class ImportGoalsPayload:
    goal_import: GoalImport | None = field(description="The import; null when the file was refused.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The export, to be followed by its job.")
class ExportGoalsPayload:
    goal_export: GoalExport | None = field(description="The export; null when it was refused.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _import(context: Context, input: ImportGoalsInput) -> Mapping[str, Any]:
    made = imports.request_import(
        context.session,
        context.viewer,
        context.files,
        input.file.read(),
        decode_id(input.cycle_id, "Cycle", at=("input", "cycleId")),
        dry_run=input.dry_run,
    )
    return {"goal_import": made}


def _export(context: Context, input: ExportGoalsInput) -> Mapping[str, Any]:
    made = exports.request_export(
        context.session,
        context.viewer,
        decode_id(input.cycle_id, "Cycle", at=("input", "cycleId")),
        optional_id(input.department_id, "Department", ("input", "departmentId")),
        input.format,
    )
    return {"goal_export": made}


@strawberry.type
class GoalTransferMutations:
    import_goals: ImportGoalsPayload = mutation(
        _import, description="Draft the goals of a table, all or none; each must be one that the viewer may draft."
    )
    export_goals: ExportGoalsPayload = mutation(
        _export, description="Write the goals that the viewer may see as a table. Dropped ones are left out."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "goalTableColumns"),
    **grant("Mutation", only(*imports.IMPORTERS), "importGoals"),
    **grant("Mutation", SIGNED_IN, "exportGoals"),
    **grant("GoalTableColumn", VISIBLE, "key name help required"),
    **grant(
        "GoalImport",
        IMPORT_SEERS,
        "id cycle format dryRun status rows created errors job createdAt finishedAt",
    ),
    **grant("GoalImportError", IMPORT_SEERS, "row column code message"),
    **grant("GoalExport", EXPORT_SEERS, "id cycle format status rows url job createdAt finishedAt"),
}
