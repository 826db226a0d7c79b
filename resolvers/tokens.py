"""Tokens that this installation issues itself: JSON Web Tokens signed with the local secret."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import jwt

from db.base import now
from db.settings import Settings
from resolvers.errors import DomainError, ErrorCode

LOCAL_ISSUER = "throughline"
LOCAL_AUDIENCE = "throughline"
ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a valid token speaks for. A login row binds the pair to a person; no other claim is believed."""

    issuer: str
    subject: str
    expires_at: datetime.datetime


def issue(settings: Settings, subject: str, lifetime: datetime.timedelta) -> str:
    """A token for the login (`throughline`, subject), valid from now for the lifetime."""
    moment = now()
    claims = {
        "iss": LOCAL_ISSUER,
        "aud": LOCAL_AUDIENCE,
        "sub": subject,
        "iat": moment,
        "nbf": moment,
        "exp": moment + lifetime,
    }
    return jwt.encode(claims, settings.secret.get_secret_value(), algorithm=ALGORITHM)


def verify(settings: Settings, token: str) -> Identity:
    """The identity in a token of ours. Raises `DomainError` UNAUTHENTICATED on any fault or when it has expired."""
    try:
        claims = jwt.decode(
            token,
            settings.secret.get_secret_value(),
            algorithms=[ALGORITHM],
            audience=LOCAL_AUDIENCE,
            issuer=LOCAL_ISSUER,
            options={"require": ["iss", "aud", "sub", "exp"]},
        )
    except jwt.PyJWTError as error:
        raise DomainError(ErrorCode.UNAUTHENTICATED) from error
    return identity_of(claims)


def identity_of(claims: dict[str, object]) -> Identity:
    """The identity in claims whose signature and times have been checked."""
    try:
        expires_at = datetime.datetime.fromtimestamp(float(str(claims["exp"])), datetime.UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise DomainError(ErrorCode.UNAUTHENTICATED) from error
    return Identity(str(claims["iss"]), str(claims["sub"]), expires_at)
