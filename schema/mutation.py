"""Mutations: one transaction for each root field, receipts for request ids, and failures as data.

    def confirm(context: Context, input: ConfirmIntakeDocumentInput) -> Mapping[str, Any]:
        document = intake.confirm_document(context.session, context.viewer, …)
        return {"review": review, "document": document}

    confirm_intake_document: ConfirmIntakeDocumentPayload = mutation(confirm, description="…")

The function takes the context and one `input`, calls one use case and returns the payload's fields except `errors` as a
mapping to rows, plain scalars, dataclasses of these, or lists of any. A `DomainError` rolls everything back and becomes
`errors`; a row that changed meanwhile becomes CONFLICT. Every input type has `request_id: RequestId`; where it is
given, a repeat answers with the same objects and changes nothing.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import enum
import hashlib
import json
import random
import types
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from strawberry import UNSET
from strawberry.types.base import StrawberryObjectDefinition, StrawberryOptional, get_object_definition

from db.models.events import RequestReceipt
from resolvers.errors import DomainError, DomainErrors, ErrorCode
from schema.batching import FunctionField, Kind
from schema.context import Context
from schema.errors import user_errors
from schema.relay import NODES
from schema.scalars import UploadedFile

ATTEMPTS = 5
_RETRIED_STATES = {"40001", "40P01"}
"""PostgreSQL: serialization failure and deadlock."""

REQUEST_ID = "Chosen by the client. A repeat with the same input answers the same and changes nothing."
EXPECTED_VERSION = "The version of the object that the change was made from; another one there gives CONFLICT."


def mutation(function: Callable[..., Mapping[str, Any]], *, description: str, receipts: bool = True) -> Any:
    """A field of `Mutation`: `(context, input) -> payload fields`.

    Without `receipts` nothing is kept under a request's id: a receipt names the person and digests the input.
    """
    made = FunctionField.of(Kind.MUTATION, function, description)
    made.receipts = receipts
    return made


class _ReceiptTakenError(Exception):
    """Another request with the same id committed first; look again."""


async def perform(context: Context, field: FunctionField, allowed: bool, arguments: dict[str, Any]) -> Any:
    """Run a mutation and return its payload object. Unexpected errors are raised after the rollback."""
    payload = _payload_class(field)
    try:
        if not allowed:
            raise DomainError(ErrorCode.FORBIDDEN)
        values = await _in_transaction(context, field, arguments)
    except (DomainError, DomainErrors) as error:
        return _payload(payload, {}, user_errors(error, context.locale))
    except StaleDataError:
        return _payload(payload, {}, user_errors(DomainError(ErrorCode.CONFLICT), context.locale))
    return _payload(payload, values, [])


async def _in_transaction(context: Context, field: FunctionField, arguments: dict[str, Any]) -> Mapping[str, Any]:
    def work(session: Session) -> Mapping[str, Any]:
        context.bound_session = session
        try:
            return _once(context, field, arguments)
        finally:
            context.bound_session = None

    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await context.services.database.run(context.scope, work)
        except _ReceiptTakenError:
            if attempt == ATTEMPTS:
                raise DomainError(ErrorCode.CONFLICT) from None
        except DBAPIError as error:
            if attempt == ATTEMPTS or not _passes(error):
                raise
        await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)
    raise AssertionError("unreachable")


def _once(context: Context, field: FunctionField, arguments: dict[str, Any]) -> Mapping[str, Any]:
    """Run the use case, or answer from the receipt when this request was answered before."""
    request_id: uuid.UUID | None = getattr(arguments.get("input"), "request_id", None)
    session, person_id = context.session, context.viewer.person_id
    if request_id is None or person_id is None or not field.receipts:
        values: Mapping[str, Any] = field.function(context, **arguments)
        session.flush()
        return values
    name, digest = field.python_name, _digest(arguments)
    receipt = session.get(RequestReceipt, (person_id, request_id))
    if receipt is not None:
        if (receipt.mutation, receipt.input_digest) != (name, digest):
            raise DomainError(ErrorCode.REQUEST_ID_REUSED, ("input", "requestId"))
        return {key: _recall(context, value) for key, value in receipt.result.items()}
    receipt = RequestReceipt(
        organization_id=context.viewer.organization_id,
        person_id=person_id,
        request_id=request_id,
        mutation=name,
        input_digest=digest,
        result={},
    )
    session.add(receipt)
    try:
        # Before the work: on PostgreSQL the second of two simultaneous requests waits here for the first.
        session.flush()
    except IntegrityError as error:
        raise _ReceiptTakenError from error
    values = field.function(context, **arguments)
    session.flush()
    receipt.result = {key: _reference(value) for key, value in values.items()}
    return values


def _payload_class(field: FunctionField) -> type[Any]:
    type_: Any = field.resolve_type()
    if isinstance(type_, StrawberryOptional):
        type_ = type_.of_type
    definition: StrawberryObjectDefinition = get_object_definition(type_, strict=True)
    return definition.origin


def _payload(cls: type[Any], values: Mapping[str, Any], errors: list[Any]) -> Any:
    empty = {each.name: None for each in dataclasses.fields(cls) if each.init}
    return cls(**{**empty, **values, "errors": errors})


def _reference(value: Any) -> Any:
    """What a receipt keeps of a payload's value: ids, never content."""
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if isinstance(value, (list, tuple)):
        return [_reference(item) for item in value]
    for node in NODES.values():
        if type(value) is node.row:
            return {"type": node.name, "id": str(value.id)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"parts": {each.name: _reference(getattr(value, each.name)) for each in dataclasses.fields(value)}}
    raise TypeError(f"a payload cannot hold a {type(value).__name__}: it has no global id")


def _recall(context: Context, value: Any) -> Any:
    if isinstance(value, list):
        return [_recall(context, item) for item in value]
    if isinstance(value, dict) and "parts" in value:
        return types.SimpleNamespace(**{name: _recall(context, part) for name, part in value["parts"].items()})
    if isinstance(value, dict):
        return NODES[value["type"]].load(context, [uuid.UUID(value["id"])])[0]
    return value


def _digest(arguments: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(_plain(arguments), sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """An input as JSON, without the request id; a file stands for its bytes."""
    if isinstance(value, UploadedFile):
        return [value.sha256, value.filename]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        given = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        given.pop("request_id", None)
        return {name: _plain(item) for name, item in given.items() if item is not UNSET}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, (uuid.UUID, Decimal, datetime.date)):
        return str(value)
    return value


def _passes(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed when run again."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRIED_STATES or "database is locked" in str(error.orig)
