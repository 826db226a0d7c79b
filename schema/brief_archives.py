"""`GET /archives/{word}`: the archive of a batch of briefs, for whoever asked for it and nobody else.

The address expires after some minutes, and alone it gives nothing: the request carries the requester's own bearer
token. At every download all briefs in the archive must still be readable by that person with all of their evidence, and
each of them is noted as read.

401: no valid token. 403: the address is not valid, has expired, or the archive is not (any more) for this person.
404: the bytes are gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from db.models.briefs import BriefBatch
from db.models.files import StoredFile
from resolvers.briefs import batches
from resolvers.errors import DomainError
from schema.auth import Authenticator
from schema.context import Context, Services
from schema.files import address_word, private_headers, read_address

_PURPOSE = b"throughline archive addresses"
_REFUSED = "This address is not valid, has expired, or is not for you; ask the API for a new one.\n"


def archive_url(context: Context, batch: BriefBatch) -> str:
    """An address relative to the API's own, good for 5 to 10 minutes for whoever asked for the batch."""
    return "/archives/" + address_word(context, batch.id, _PURPOSE)


def archives_route(services: Services, authenticator: Authenticator) -> Route:
    """The route that serves archives."""

    async def serve(request: Request) -> Response:
        grant = read_address(services.settings, request.path_params["word"], _PURPOSE)
        if grant is None:
            return Response(_REFUSED, 403)
        batch_id = grant.subject_id
        try:
            caller = await authenticator.caller(request.headers.get("authorization"))
            if caller is None:
                return Response("Send the token of whoever asked for the archive.\n", 401)
            if caller.login.organization_id != grant.organization_id:
                return Response(_REFUSED, 403)
            who = caller

            def taken(session: Session) -> StoredFile | None:
                return batches.take_out(session, who.viewer(session), batch_id)

            row = await services.database.run(caller.scope, taken)
        except DomainError:
            return Response("The token is not valid or has expired; sign in again.\n", 401)
        if row is None:
            return Response(_REFUSED, 403)
        if not await asyncio.to_thread(services.files.exists, row):
            return Response("There is no such file.\n", 404)
        return StreamingResponse(
            _sent(services.files.pieces(row)),
            media_type=row.media_type,
            headers={
                **private_headers(grant.expires),
                "cache-control": "no-store",
                "content-disposition": 'attachment; filename="briefs.zip"',
                "content-length": str(row.size),
            },
        )

    return Route("/archives/{word}", serve, methods=["GET"])


async def _sent(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece is read in a thread, so that a slow store keeps nobody else waiting."""
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece
