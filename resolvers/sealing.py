"""Encrypting what must be stored or handed out but not read, with a key worked out from the installation's secret.

AES-GCM under a random nonce. What is sealed opens for the same purpose and the same `bound` bytes alone: a sealed text
that was moved to another row is as good as none. Another THROUGHLINE_SECRET opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.settings import Settings

_NONCE_BYTES = 12


class SealError(ValueError):
    """This was not sealed here for this purpose."""


class Seal:
    """Seals and opens for one purpose."""

    def __init__(self, settings: Settings, purpose: str) -> None:
        secret = settings.secret.get_secret_value().encode()
        self._cipher = AESGCM(hmac.digest(secret, b"throughline " + purpose.encode(), "sha256"))

    def close(self, content: bytes, bound: bytes) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, content, bound)).decode()

    def open(self, text: str, bound: bytes) -> bytes:
        """Raises `SealError`."""
        try:
            sealed = base64.b64decode(text, altchars=b"-_", validate=True)
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
        except (ValueError, binascii.Error, InvalidTag) as error:
            raise SealError("not sealed here for this") from error
