"""From a bearer token to a viewer.

The token's issuer decides how it is checked: tokens of our own by the local secret (HS256 only), tokens of the
configured identity provider by its published keys (RS256 or ES256, whichever the key is made for). A login row binds
issuer and subject to a person; e-mail addresses in tokens mean nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import jwt
from sqlalchemy.orm import Session

from db.queries.logins import BoundLogin, find_login, load_viewer
from db.session import Scope
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.tokens import LOCAL_ISSUER, Identity, verify
from schema.context import Services
from schema.oidc import Provider

LOGIN_MEMORY_SECONDS = 30.0
"""How long the binding of a login is remembered. Roles and archiving are read anew by every request."""
_MAXIMUM_REMEMBERED = 10_000
MAXIMUM_TOKEN_LENGTH = 8_192
BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Caller:
    """A valid token and the person it is bound to; whether that person may still act is read with the request."""

    identity: Identity
    login: BoundLogin

    @property
    def scope(self) -> Scope:
        return Scope(self.login.organization_id)

    def viewer(self, session: Session) -> Viewer:
        """The person with the roles of this moment. Raises `DomainError` UNAUTHENTICATED when archived or gone."""
        viewer = load_viewer(session, self.login.person_id)
        if viewer is None:
            raise DomainError(ErrorCode.UNAUTHENTICATED)
        return viewer


@dataclass(slots=True)
class Authenticator:
    """Checks tokens for one process."""

    services: Services
    provider: Provider | None
    _logins: dict[tuple[str, str], tuple[float, BoundLogin]] = field(default_factory=dict)

    async def caller(self, authorization: str | None) -> Caller | None:
        """The caller of an `Authorization` header; None without one. Raises `DomainError` UNAUTHENTICATED."""
        if authorization is None:
            return None
        if not authorization[: len(BEARER)].lower() == BEARER:
            raise DomainError(ErrorCode.UNAUTHENTICATED)
        return await self.caller_of_token(authorization[len(BEARER) :].strip())

    async def caller_of_token(self, token: str) -> Caller:
        """The caller of a token. Raises `DomainError` UNAUTHENTICATED when it is not valid or bound to nobody."""
        identity = await self._identity(token)
        return Caller(identity, await self._login(identity))

    async def _identity(self, token: str) -> Identity:
        if not token or len(token) > MAXIMUM_TOKEN_LENGTH:
            raise DomainError(ErrorCode.UNAUTHENTICATED)
        try:
            # Only to choose who checks; nothing of it is believed before that check.
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        except jwt.PyJWTError as error:
            raise DomainError(ErrorCode.UNAUTHENTICATED) from error
        if issuer == LOCAL_ISSUER:
            return verify(self.services.settings, token)
        if self.provider is not None and issuer == self.provider.issuer:
            return await self.provider.verify(token)
        raise DomainError(ErrorCode.UNAUTHENTICATED)

    async def _login(self, identity: Identity) -> BoundLogin:
        key = (identity.issuer, identity.subject)
        known = self._logins.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        login = await self.services.database.run(
            Scope(login=key), lambda session: find_login(session, *key), write=False
        )
        if login is None:
            raise DomainError(ErrorCode.UNAUTHENTICATED)
        if len(self._logins) >= _MAXIMUM_REMEMBERED:
            self._logins.clear()
        self._logins[key] = (time.monotonic() + LOGIN_MEMORY_SECONDS, login)
        return login
