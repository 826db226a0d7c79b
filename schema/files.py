"""Stored files over HTTP: only by an address that the API made for somebody who may see the file, and not for long.

An address is `/files/` and one opaque word: organisation, file, expiry and a signature over them (HMAC-SHA-256 with a
key derived from the secret for this purpose alone). Whoever has the address has the file until it expires.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import struct
import time
import uuid
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db.models.files import StoredFile
from db.session import Scope
from db.settings import Settings
from schema.context import Context, Services

FILES = b"throughline file addresses"
"""From which the key is derived that signs addresses of files: no address serves another purpose."""
LIFETIME_SECONDS = 600
_ROUND_SECONDS = 300
"""Expiries are rounded to this, so that a page asked for twice has the same addresses and browsers can cache."""
_FORMAT = struct.Struct(">16s16sQ")
_SHOWN = {"image/jpeg", "image/png", "application/pdf"}
"""Types that a browser may show in place; everything else is downloaded."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid address gives until a moment (seconds since 1970): one file, or what else its purpose names."""

    organization_id: uuid.UUID
    subject_id: uuid.UUID
    expires: int


def file_url(context: Context, file_id: uuid.UUID) -> str:
    """An address of the file, relative to the API's own, good for 5 to 10 minutes.

    Give it out only to who may see the file, and note the access.
    """
    return "/files/" + address_word(context, file_id, FILES)


def address_word(context: Context, subject_id: uuid.UUID, purpose: bytes) -> str:
    """The opaque word of an address of the viewer's organisation for this purpose, good for 5 to 10 minutes."""
    expires = (int(time.time()) + LIFETIME_SECONDS) // _ROUND_SECONDS * _ROUND_SECONDS
    return _sign(context.settings, Grant(context.viewer.organization_id, subject_id, expires), purpose)


def read_address(settings: Settings, word: str, purpose: bytes) -> Grant | None:
    """What the address gives now; None when it is forged, malformed, made for another purpose, or has expired."""
    try:
        raw = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(raw) != _FORMAT.size + hashlib.sha256().digest_size:
        return None
    content, signature = raw[: _FORMAT.size], raw[_FORMAT.size :]
    if not hmac.compare_digest(signature, _mac(settings, content, purpose)):
        return None
    organization, subject, expires = _FORMAT.unpack(content)
    grant = Grant(uuid.UUID(bytes=organization), uuid.UUID(bytes=subject), expires)
    return grant if time.time() < grant.expires else None


def files_route(services: Services) -> Route:
    """The route that serves addressed files."""

    async def serve(request: Request) -> Response:
        grant = read_address(services.settings, request.path_params["word"], FILES)
        if grant is None:
            return Response("This address is not valid or has expired; ask the API for a new one.\n", 403)
        file_id = grant.subject_id
        row = await services.database.run(
            Scope(grant.organization_id), lambda session: session.get(StoredFile, file_id), write=False
        )
        if row is None:
            return Response("There is no such file.\n", 404)
        try:
            content = await asyncio.to_thread(services.files.read, row)
        except FileNotFoundError:
            return Response("There is no such file.\n", 404)
        return Response(
            content,
            media_type=row.media_type,
            headers={
                **private_headers(grant.expires),
                "content-disposition": disposition_of(row),
            },
        )

    return Route("/files/{word}", serve, methods=["GET"])


def disposition_of(row: StoredFile) -> str:
    """Whether a browser may show the file in place."""
    return "inline" if row.media_type in _SHOWN else "attachment"


def private_headers(expires: int) -> dict[str, str]:
    """Of an answer that one browser may keep until its address expires."""
    return {
        "cache-control": f"private, max-age={max(int(expires - time.time()), 0)}",
        # Pictures come from strangers' paper: a browser must neither guess a type nor run anything.
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "cross-origin",
        "referrer-policy": "no-referrer",
    }


def _sign(settings: Settings, grant: Grant, purpose: bytes) -> str:
    content = _FORMAT.pack(grant.organization_id.bytes, grant.subject_id.bytes, grant.expires)
    return base64.urlsafe_b64encode(content + _mac(settings, content, purpose)).decode().rstrip("=")


def _mac(settings: Settings, content: bytes, purpose: bytes) -> bytes:
    key = hmac.digest(settings.secret.get_secret_value().encode(), purpose, "sha256")
    return hmac.digest(key, content, "sha256")
