"""Briefs over HTTP: `GET /files/briefs/{word}`, one brief as a file, and `GET /archives/{word}`, those of a batch.

An address expires after some minutes, and at every download the rights of that moment decide, those of whoever asked
for the file: the briefs and all evidence that stands in it must be readable still, and each brief is noted as read. The
address of an archive alone gives nothing: the request carries the requester's own bearer token.

401: no valid token. 403: the address is not valid, has expired, or the file is not (any more) for this person.
410: it is no longer to be had, as JSON with `code` (`ErrorCode`) and `message`, which says to have it made again.
404: the bytes are gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from db.models.briefs import BriefBatch, BriefDocument
from db.models.files import StoredFile
from db.session import Scope
from resolvers.briefs import batches, documents
from resolvers.errors import DomainError, ErrorCode
from resolvers.messages import message
from schema.auth import Authenticator
from schema.context import Context, Services
from schema.files import Grant, address_word, disposition_of, private_headers, read_address
from schema.negotiation import language

_ARCHIVES = b"throughline archive addresses"
_DOCUMENTS = b"throughline brief addresses"
_REFUSED = "This address is not valid, has expired, or is not for you; ask the API for a new one.\n"
_SIGN_IN = "The token is not valid or has expired; sign in again.\n"
_GONE = frozenset({ErrorCode.EVIDENCE_WITHDRAWN, ErrorCode.FILE_EXPIRED})


def archive_url(context: Context, batch: BriefBatch) -> str:
    """An address relative to the API's own, good for 5 to 10 minutes for whoever asked for the batch."""
    return "/archives/" + address_word(context, batch.id, _ARCHIVES)


def document_url(context: Context, document: BriefDocument) -> str:
    """An address relative to the API's own, good for 5 to 10 minutes; give it to whoever asked for the file alone."""
    return "/files/briefs/" + address_word(context, document.id, _DOCUMENTS)


def archives_route(services: Services, authenticator: Authenticator) -> Route:
    """The route that serves archives."""

    async def serve(request: Request) -> Response:
        grant = read_address(services.settings, request.path_params["word"], _ARCHIVES)
        if grant is None:
            return Response(_REFUSED, 403)
        try:
            caller = await authenticator.caller(request.headers.get("authorization"))
        except DomainError:
            return Response(_SIGN_IN, 401)
        if caller is None:
            return Response("Send the token of whoever asked for the archive.\n", 401)
        if caller.login.organization_id != grant.organization_id:
            return Response(_REFUSED, 403)
        batch_id = grant.subject_id
        return await _served(
            services,
            request,
            grant,
            lambda session: batches.take_out(session, caller.viewer(session), batch_id),
            'attachment; filename="briefs.zip"',
        )

    return Route("/archives/{word}", serve, methods=["GET"])


def documents_route(services: Services) -> Route:
    """The route that serves briefs as files."""

    async def serve(request: Request) -> Response:
        grant = read_address(services.settings, request.path_params["word"], _DOCUMENTS)
        if grant is None:
            return Response(_REFUSED, 403)
        document_id = grant.subject_id
        return await _served(services, request, grant, lambda session: documents.take_out(session, document_id))

    return Route("/files/briefs/{word}", serve, methods=["GET"])


async def _served(
    services: Services,
    request: Request,
    grant: Grant,
    take_out: Callable[[Session], StoredFile],
    disposition: str | None = None,
) -> Response:
    """What `take_out` gives, or why it gives nothing. It notes the reading, which is kept only where it does."""
    try:
        row = await services.database.run(Scope(grant.organization_id), take_out)
    except DomainError as error:
        if error.code is ErrorCode.UNAUTHENTICATED:
            return Response(_SIGN_IN, 401)
        if error.code not in _GONE:
            return Response(_REFUSED, 403)
        words = message(error, language(request.headers.get("accept-language")))
        return JSONResponse({"code": error.code.value, "message": words}, 410, {"cache-control": "no-store"})
    if not await asyncio.to_thread(services.files.exists, row):
        return Response("There is no such file.\n", 404)
    return StreamingResponse(
        _sent(services.files.pieces(row)),
        media_type=row.media_type,
        headers={
            **private_headers(grant.expires),
            "cache-control": "no-store",
            "content-disposition": disposition or disposition_of(row),
            "content-length": str(row.size),
        },
    )


async def _sent(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece is read in a thread, so that a slow store keeps nobody else waiting."""
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece
