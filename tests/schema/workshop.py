"""A small schema for tests of the frame: parcels are rows of stored files, which no type of the product stands on."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import AsyncGenerator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import strawberry
from sqlalchemy.orm.exc import StaleDataError
from strawberry.schema.config import StrawberryConfig

from db.jobs import enqueue
from db.models.files import StoredFile
from db.queries.paging import Order, Page, fetch_page
from db.viewer import Role
from resolvers.errors import DomainError, DomainErrors, ErrorCode
from schema import root as product
from schema.batching import batch, field, root
from schema.catalog import Catalog
from schema.context import Context
from schema.errors import UserError
from schema.mutation import mutation
from schema.permissions import SIGNED_IN, grant, only
from schema.relay import After, Connection, First, Node, load_node, node_type, read_page
from schema.scalars import SCALARS, UploadedFile
from schema.subscription import subscription

SECRET = "password=hunter2"
BY_SIZE = Order((StoredFile.size, StoredFile.id))


class Mishap(StrEnum):
    """How a test's mutation fails, after it has written."""

    NONE = "NONE"
    DOMAIN = "DOMAIN"
    SEVERAL = "SEVERAL"
    STALE = "STALE"
    UNEXPECTED = "UNEXPECTED"


strawberry.enum(Mishap, description="How it fails.")


def load_parcels(context: Context, ids: Sequence[uuid.UUID]) -> list[StoredFile | None]:
    found = {row.id: row for row in context.session.scalars(sa.select(StoredFile).where(StoredFile.id.in_(ids)))}
    return [found.get(id_) for id_ in ids]


def _fail(_context: Context, parents: Sequence[Any]) -> list[Any]:
    raise RuntimeError(SECRET)


@node_type(StoredFile, load=load_parcels, description="A parcel.")
class Parcel(Node):
    media_type: str = field(description="What is in it.")
    size: int = field(description="How heavy it is.")
    broken: str | None = batch(_fail, description="It always fails.")
    rule: str | None = batch(
        lambda _context, parents: [DomainError(ErrorCode.INVALID)] * len(parents), description="It fails as expected."
    )


@strawberry.input(description="A parcel to store.")
class StoreParcelInput:
    name: str = strawberry.field(description="Its content.")
    mishap: Mishap = strawberry.field(default=Mishap.NONE, description="How to fail.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description="See the frame.")
    file: UploadedFile | None = strawberry.field(default=None, description="Its content as a file.")
    files: list[UploadedFile] | None = strawberry.field(default=None, description="More files.")


@strawberry.type(description="The parcel.")
class StoreParcelPayload:
    parcel: Parcel | None = field(description="The parcel.")
    digest: str | None = field(description="Of its content.")
    errors: list[UserError] = field(description="Why not.")


def _store(context: Context, input: StoreParcelInput) -> Mapping[str, Any]:
    content = input.file.read() if input.file else input.name.encode()
    row = StoredFile(
        organization_id=context.viewer.organization_id,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        media_type=input.name,
    )
    context.session.add(row)
    context.session.flush()
    enqueue(context.session, context.viewer, "workshop.parcel", {"id": str(row.id)})
    match input.mishap:
        case Mishap.DOMAIN:
            raise DomainError(ErrorCode.FIELD_INVALID, ("input", "name"))
        case Mishap.SEVERAL:
            raise DomainErrors(
                [DomainError(ErrorCode.FIELD_INVALID, ("input", "name")), DomainError(ErrorCode.FIELD_NEEDS_CHECK)]
            )
        case Mishap.STALE:
            raise StaleDataError
        case Mishap.UNEXPECTED:
            raise RuntimeError(SECRET)
    return {"parcel": row, "digest": row.sha256}


async def _count(context: Context, to: int, pause: float = 0.0) -> AsyncGenerator[int, None]:
    for number in range(to):
        if number == 3:
            raise RuntimeError(SECRET)
        yield number
        await asyncio.sleep(pause)


def _parcels(context: Context, first: First = None, after: After = None) -> Page[StoredFile]:
    statement = sa.select(StoredFile)
    return read_page(lambda request: fetch_page(context.session, statement, BY_SIZE, request), first, after)


@strawberry.type
class Query:
    node: Node | None = root(load_node, description="By id.")
    parcels: Connection[Parcel] = root(_parcels, description="All.")
    unclassified: str | None = root(lambda _context: "seen", description="Nobody said who may use it.")
    for_hr: str | None = root(lambda _context: "seen", description="For HR.")


@strawberry.type
class Mutation:
    store_parcel: StoreParcelPayload = mutation(_store, description="Store a parcel.")
    store_for_hr: StoreParcelPayload = mutation(_store, description="Store a parcel as HR.")


@strawberry.type
class Subscription:
    count: int = subscription(_count, description="Numbers from 0; it fails at 3.")


CATALOG = Catalog(
    strawberry.Schema(Query, Mutation, Subscription, config=StrawberryConfig(scalar_map=SCALARS)),
    {
        **{
            name: product.PERMISSIONS[name]
            for name in product.PERMISSIONS
            if name.split(".")[0] in {"Connection", "Edge", "PageInfo", "UserError", "Node"}
        },
        **grant("Query", SIGNED_IN, "node parcels"),
        **grant("Query", only(Role.HR), "forHr"),
        **grant("Parcel", SIGNED_IN, "id mediaType size broken rule"),
        **grant("Mutation", SIGNED_IN, "storeParcel"),
        **grant("Mutation", only(Role.HR), "storeForHr"),
        **grant("Subscription", SIGNED_IN, "count"),
    },
)
