"""What is wrong with a table that somebody sent, as every kind of import shows it."""

from __future__ import annotations

import strawberry

from resolvers.goals.words import row_error_text
from schema.batching import batch


@strawberry.type(description="What is wrong with one place of a table.")
class TableError:
    row: int | None = batch(
        lambda _context, errors: [error["row"] for error in errors],
        description="The row as a spreadsheet counts, the header being 1; null for the whole file.",
    )
    column: str | None = batch(
        lambda _context, errors: [error["column"] for error in errors], description="Key of the column."
    )
    code: str = batch(
        lambda _context, errors: [error["code"] for error in errors],
        description="What is wrong, for programs: an ErrorCode, COLUMN_MISSING, FILE_UNREADABLE, or a job's code.",
    )
    message: str = batch(
        lambda context, errors: [row_error_text(error["code"], context.locale) for error in errors],
        description="What is wrong, in the viewer's language.",
    )
