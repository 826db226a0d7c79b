"""Pages of customers' comments, for the types of other domains that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.models.events import AccessedResource
from db.models.feedback.customers import CustomerComment
from db.queries.feedback import customers
from db.queries.paging import Order, Page, fetch_pages
from schema.context import Context
from schema.relay import After, First, read_page

LATEST_FIRST = Order((CustomerComment.said_on, CustomerComment.id), descending=True)


def shown(context: Context, found: Sequence[CustomerComment | None]) -> None:
    """Note that the answer shows these comments to whoever asks, for the people whom they name."""
    for row in found:
        if row is not None and row.subject_id is not None:
            context.note_access(AccessedResource.CUSTOMER_COMMENT, row.id, row.subject_id)


def comments_of(type_name: str) -> Any:
    """The batch function of the comments on each row of a type, a page for each."""
    column = customers.LINKS[type_name]

    def pages(
        context: Context, parents: Sequence[Any], first: First = None, after: After = None
    ) -> list[Page[CustomerComment]]:
        statement, ids = customers.visible_to(context.session, context.viewer), [parent.id for parent in parents]
        found = read_page(
            lambda page: fetch_pages(context.session, statement, LATEST_FIRST, page, parent=column, parent_ids=ids),
            first,
            after,
        )
        for page in found:
            shown(context, page.rows)
        return found

    return pages
