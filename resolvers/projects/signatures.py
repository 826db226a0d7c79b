"""Signed deliveries, as the specification Standard Webhooks has them: HMAC-SHA256 over id, timestamp and body.

A secret is `whsec_` and 32 bytes in Base64. The bytes are worked out from the installation's secret and the id of the
secret's row, so that neither database nor backup nor log holds one; another THROUGHLINE_SECRET makes all of them void.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from db.settings import Settings

TOLERANCE = datetime.timedelta(minutes=5)
"""By how much the sender's clock may be wrong."""
KEY_LENGTH = 200
_VERSION = "v1"


@dataclass(frozen=True, slots=True)
class Signature:
    """What the headers of a delivery say."""

    key: str
    """`webhook-id`: the same for every attempt at one delivery."""
    timestamp: int
    """`webhook-timestamp`: seconds since 1970."""
    signatures: str
    """`webhook-signature`: one or more `v1,<Base64>` with blanks between."""


def read_signature(key: str | None, timestamp: str | None, signatures: str | None) -> Signature | None:
    """The headers as they are meant; None when one is missing or malformed."""
    if not key or len(key) > KEY_LENGTH or not key.isascii() or not key.isprintable():
        return None
    if not timestamp or not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12 or not signatures:
        return None
    return Signature(key, int(timestamp), signatures)


def in_time(signature: Signature, moment: datetime.datetime) -> bool:
    """Whether the timestamp lies within the tolerance of our clock."""
    return abs(moment.timestamp() - signature.timestamp) <= TOLERANCE.total_seconds()


def secret_of(settings: Settings, secret_id: uuid.UUID) -> str:
    """The secret of a row, to be shown once to whoever sets up the sender."""
    return "whsec_" + base64.b64encode(_key(settings, secret_id)).decode()


def sign(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """What a sender writes into `webhook-signature`."""
    mac = _mac(base64.b64decode(secret.removeprefix("whsec_")), key, timestamp, body)
    return f"{_VERSION},{base64.b64encode(mac).decode()}"


def matches(settings: Settings, secret_ids: Iterable[uuid.UUID], signature: Signature, body: bytes) -> bool:
    """Whether one of the signatures was made with one of the secrets; takes as long for each."""
    given = [mac for mac in map(_read, signature.signatures.split(" ")[:8]) if mac is not None]
    good = False
    for secret_id in secret_ids:
        expected = _mac(_key(settings, secret_id), signature.key, signature.timestamp, body)
        for mac in given:
            good |= hmac.compare_digest(mac, expected)
    return good


def _read(text: str) -> bytes | None:
    version, _, encoded = text.partition(",")
    if version != _VERSION:
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


def _mac(key: bytes, id_: str, timestamp: int, body: bytes) -> bytes:
    return hmac.digest(key, f"{id_}.{timestamp}.".encode() + body, "sha256")


def _key(settings: Settings, secret_id: uuid.UUID) -> bytes:
    return hmac.digest(
        settings.secret.get_secret_value().encode(), b"throughline feed secret" + secret_id.bytes, "sha256"
    )
