"""Tokens of an OpenID Connect provider, checked with the keys that it publishes (RFC 7517, RFC 7519)."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import jwt
import structlog

from db.settings import Settings
from resolvers.errors import DomainError, ErrorCode
from resolvers.tokens import Identity, identity_of

log = structlog.get_logger("schema")

KEYS_FRESH_SECONDS = 600.0
REFRESH_PAUSE_SECONDS = 30.0
"""An unknown key id asks the provider again, but not more often than this."""
FETCH_TIMEOUT_SECONDS = 5.0
MAXIMUM_DOCUMENT_BYTES = 256 * 1024
CLOCK_LEEWAY_SECONDS = 30
_ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256"}
"""By key type and curve: the key decides the algorithm, never the token."""


class ProviderError(Exception):
    """The provider's documents cannot be had or are not as they must be."""


@dataclass(slots=True)
class Provider:
    """One configured issuer."""

    issuer: str
    audience: str
    jwks_url: str = ""
    _keys: dict[str, jwt.PyJWK] = field(default_factory=dict)
    _fetched: float | None = None
    _tried: float | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def of(cls, settings: Settings) -> Provider | None:
        """The provider that the settings name, if any."""
        if not settings.oidc_issuer:
            return None
        return cls(settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks_url)

    async def verify(self, token: str) -> Identity:
        """The identity in a token of this provider. Raises `DomainError` UNAUTHENTICATED."""
        try:
            key = await self._key(str(jwt.get_unverified_header(token).get("kid", "")))
            if key is None or key.algorithm_name is None:
                raise DomainError(ErrorCode.UNAUTHENTICATED)
            claims = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self.audience,
                issuer=self.issuer,
                leeway=CLOCK_LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "sub", "exp"]},
            )
        except jwt.PyJWTError as error:
            raise DomainError(ErrorCode.UNAUTHENTICATED) from error
        return identity_of(claims)

    async def _key(self, key_id: str) -> jwt.PyJWK | None:
        async with self._turn:
            moment = time.monotonic()
            stale = self._fetched is None or moment - self._fetched > KEYS_FRESH_SECONDS
            rested = self._tried is None or moment - self._tried > REFRESH_PAUSE_SECONDS
            if rested and (stale or key_id not in self._keys):
                self._tried = moment
                try:
                    self._keys = await asyncio.to_thread(self._fetch)
                    self._fetched = moment
                except ProviderError as error:
                    # The keys at hand stay good: a provider that is down for a moment signs nobody out.
                    log.warning("oidc_keys_not_fetched", issuer=self.issuer, reason=str(error))
        return self._keys.get(key_id)

    def _fetch(self) -> dict[str, jwt.PyJWK]:
        url = self.jwks_url or self._discover()
        keys = _document(url).get("keys")
        if not isinstance(keys, list):
            raise ProviderError("the key document has no list of keys")
        usable: dict[str, jwt.PyJWK] = {}
        for data in keys:
            if not isinstance(data, dict) or data.get("use", "sig") != "sig" or "kid" not in data:
                continue
            algorithm = _ALGORITHMS.get((data.get("kty", ""), data.get("crv")))
            if algorithm is None or data.get("alg", algorithm) != algorithm:
                continue
            try:
                usable[str(data["kid"])] = jwt.PyJWK(data, algorithm)
            except jwt.PyJWTError:
                continue  # one broken key must not take the others along
        return usable

    def _discover(self) -> str:
        """The key document's address (OpenID Connect Discovery 1.0, section 4)."""
        document = _document(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if document.get("issuer") != self.issuer or not isinstance(document.get("jwks_uri"), str):
            raise ProviderError("the discovery document is not of this issuer")
        return str(document["jwks_uri"])


def _document(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}):
        raise ProviderError("the address must be https")
    try:
        with urllib.request.urlopen(url, timeout=FETCH_TIMEOUT_SECONDS) as response:  # noqa: S310 - scheme checked
            body = response.read(MAXIMUM_DOCUMENT_BYTES + 1)
        if len(body) > MAXIMUM_DOCUMENT_BYTES:
            raise ProviderError("the document is too large")
        document = json.loads(body)
    except (OSError, ValueError) as error:
        raise ProviderError(type(error).__name__) from error
    if not isinstance(document, dict):
        raise ProviderError("the document is no object")
    return document
