"""`POST /feeds/{address}`: where other systems send values and events, signed as Standard Webhooks has it.

| header | |
| --- | --- |
| `webhook-id` | chosen by the sender, the same for every attempt at one delivery |
| `webhook-timestamp` | seconds since 1970; at most five minutes off |
| `webhook-signature` | `v1,` and the Base64 of HMAC-SHA256 over `id.timestamp.body` |
| `content-type` | `application/json` or `text/csv` (UTF-8) |

A delivery holds records (`resolvers.rules.feed_records`) or customers' comments (`resolvers.rules.comment_records`),
whose source is the feed's name; comments that could not be recorded stand under `refused`.

202: taken; 200: had been taken before, nothing was changed. What is refused changes nothing: 401 CLOCK or SIGNATURE
(also for an address that is not there), 403 PAUSED, 409 KEY_REUSED for the same id with another body, 413 for the
size, 415, 422 with the place of each problem. Answers are JSON.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.orm import Session
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from db.base import now
from db.models.projects.feeds import Feed
from db.queries.projects import feeds
from db.session import Scope
from db.viewer import system_viewer
from resolvers.feedback.comment_sources import SentComments, take_comments
from resolvers.projects import receiving, signatures
from resolvers.projects.receiving import KeyReusedError, Receipt, Sent
from resolvers.rules.comment_records import read_comments
from resolvers.rules.feed_records import Problem, UnreadableError, read_records
from schema.context import Services

log = structlog.get_logger("schema")

MAXIMUM_BYTES = 4 * 1024 * 1024
_ADDRESS = re.compile(r"([a-z0-9-]{1,64})\.([0-9a-f]{32})\Z")
_TYPES = {"application/json": False, "text/csv": True}
"""Content types, and whether they are CSV."""


def feed_address(feed: Feed) -> str:
    """The path below the API's own address. It names the organisation, which is no secret."""
    return f"/feeds/{feed.name}.{feed.organization_id.hex}"


@dataclass(frozen=True, slots=True)
class _RefusedError(Exception):
    status: int
    code: str
    problems: tuple[dict[str, Any], ...] = ()

    def response(self) -> Response:
        problems = {"problems": list(self.problems)} if self.problems else {}
        return JSONResponse({"error": self.code, **problems}, self.status)


def feeds_route(services: Services) -> Route:
    """The route that takes deliveries."""

    async def receive(request: Request) -> Response:
        try:
            receipt = await _receive(services, request)
        except _RefusedError as error:
            log.info("feed.refused", code=error.code, status=error.status)
            return error.response()
        log.info("feed.received", records=receipt.records, repeated=receipt.repeated)
        body: dict[str, Any] = {
            "delivery": str(receipt.delivery_id),
            "records": receipt.records,
            "duplicates": receipt.duplicates,
            "repeated": receipt.repeated,
        }
        if receipt.refused:
            body["refused"] = [_told(one) for one in receipt.refused]
        return JSONResponse(body, 200 if receipt.repeated else 202)

    return Route("/feeds/{address}", receive, methods=["POST"])


async def _receive(services: Services, request: Request) -> Receipt:
    headers = request.headers
    as_csv = _TYPES.get(headers.get("content-type", "").partition(";")[0].strip().lower())
    if as_csv is None:
        raise _RefusedError(415, "CONTENT_TYPE")
    signature = signatures.read_signature(
        headers.get("webhook-id"), headers.get("webhook-timestamp"), headers.get("webhook-signature")
    )
    if signature is None:
        raise _RefusedError(401, "SIGNATURE")
    moment = now()
    if not signatures.in_time(signature, moment):
        raise _RefusedError(401, "CLOCK")
    body = await _body(request)
    address = _ADDRESS.match(request.path_params["address"])
    name, organization = address.groups() if address else ("", uuid.UUID(int=0).hex)
    organization_id = uuid.UUID(organization)
    viewer = system_viewer(organization_id)

    def known(session: Session) -> tuple[Feed | None, list[uuid.UUID]]:
        feed = receiving.feed_named(session, viewer, name)
        if feed is None:
            return None, []
        return feed, [secret.id for secret in feeds.secrets(session, [feed.id], moment).get(feed.id, [])]

    feed, secrets = await services.database.run(Scope(organization_id), known, write=False)
    # An address that is not there costs as much as one that is.
    good = signatures.matches(services.settings, secrets or [organization_id], signature, body)
    if feed is None or not secrets or not good:
        raise _RefusedError(401, "SIGNATURE")
    if feed.paused_at is not None:
        raise _RefusedError(403, "PAUSED")
    standing, sent = feed, await asyncio.to_thread(_sent, signature.key, body, as_csv)

    def take(session: Session) -> Receipt:
        if isinstance(sent, SentComments):
            return take_comments(session, viewer, standing, sent)
        return receiving.take_delivery(session, viewer, standing, sent)

    try:
        return await services.database.run(Scope(organization_id), take)
    except KeyReusedError:
        raise _RefusedError(409, "KEY_REUSED") from None


async def _body(request: Request) -> bytes:
    """The bytes, read no further than the limit."""
    received = bytearray()
    try:
        async for chunk in request.stream():
            received += chunk
            if len(received) > MAXIMUM_BYTES:
                raise _RefusedError(413, "TOO_LARGE")
    except ClientDisconnect:
        raise _RefusedError(400, "INCOMPLETE") from None
    return bytes(received)


def _sent(key: str, body: bytes, as_csv: bool) -> Sent | SentComments:
    try:
        comments = read_comments(body, as_csv=as_csv)
        if comments is not None:
            return SentComments(key, body, comments)
        return Sent(key, body, read_records(body, as_csv=as_csv, moment=now()))
    except UnreadableError as error:
        raise _RefusedError(422, "UNREADABLE", tuple(map(_told, error.problems))) from None


def _told(problem: Problem) -> dict[str, Any]:
    # The sender's own name for a field may hold half a character, which no answer can.
    field = problem.field and problem.field.encode(errors="replace").decode()
    return {"code": problem.code, "record": problem.record, "field": field}
