"""Errors as clients see them: coded data for what is expected, a masked message with a number for the rest."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol

import strawberry
import structlog
from graphql import GraphQLError
from graphql.language import Node

from db.outages import is_outage
from resolvers.errors import DomainError, DomainErrors, ErrorCode
from resolvers.messages import MESSAGES, message
from schema import batching
from schema.scalars import described_enum

log = structlog.get_logger("schema")

described_enum(
    ErrorCode,
    description="Why a request failed as expected. Codes are added over time and never renamed.",
    values={
        code.name: MESSAGES[code][1]
        .replace("{maximum_mb}", "50")
        .replace("{maximum}", "100")
        .replace("{types}", "what the input names")
        for code in ErrorCode
    },
)


class RequestCode(StrEnum):
    """Codes of `errors[].extensions.code` that say the request itself was wrong."""

    PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_REQUEST = "BAD_REQUEST"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    QUERY_TOO_DEEP = "QUERY_TOO_DEEP"
    QUERY_TOO_LARGE = "QUERY_TOO_LARGE"
    QUERY_TOO_COSTLY = "QUERY_TOO_COSTLY"
    INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


_MASKS = {
    RequestCode.UNAVAILABLE: (
        "服务暂时不可用，请稍后重试；变更请使用同一 requestId。如仍失败，请提供编号 {number}。",
        "The service cannot be reached just now. Try again in a little while, a mutation with the same requestId; "
        "if it still fails, quote {number}.",
    ),
    RequestCode.INTERNAL: (
        "系统内部出错，请向管理员提供编号 {number}。",
        "Something went wrong on our side. Please quote {number}.",
    ),
}


@strawberry.type(description="An expected failure of a mutation, as data.")
class UserError:
    code: ErrorCode = batching.field(description="What went wrong, for programs.")
    field: list[str] | None = batching.field(
        description="Path of the offending input, such as `input`, `fields`, `grade`."
    )
    message: str = batching.field(description="What went wrong and what to do, in the viewer's language.")


def user_errors(error: DomainError | DomainErrors, locale: str) -> list[UserError]:
    """The payload's `errors` for a failure of the domain."""
    errors = error.errors if isinstance(error, DomainErrors) else [error]
    return [
        UserError(code=each.code, field=list(each.field) if each.field else None, message=message(each, locale))
        for each in errors
    ]


class Refusable(Protocol):
    """What became of one of many things sent together."""

    @property
    def code(self) -> str | None: ...
    @property
    def field(self) -> list[str] | None: ...


def refusal(result: Refusable, locale: str) -> UserError | None:
    """Why one of many was refused; None when it was not."""
    if result.code is None:
        return None
    error = DomainError(ErrorCode(result.code))
    return UserError(code=error.code, field=result.field, message=message(error, locale))


def coded(code: StrEnum, text: str, nodes: Sequence[Node] | None = None) -> GraphQLError:
    """A GraphQL error with `extensions.code`."""
    return GraphQLError(text, nodes, extensions={"code": code.value})


def to_graphql_error(
    error: Exception, locale: str, nodes: Sequence[Node] | None = None, path: Sequence[str | int] | None = None
) -> GraphQLError:
    """Any exception as a coded error. What is unexpected is logged under a number and masked behind it."""
    if isinstance(error, DomainErrors):
        error = error.errors[0]
    if isinstance(error, DomainError):
        extensions: dict[str, Any] = {"code": error.code.value}
        if error.field:
            extensions["field"] = list(error.field)
        return GraphQLError(message(error, locale), nodes, path=path, extensions=extensions)
    if isinstance(error, GraphQLError) and (error.original_error is None or error.extensions):
        extensions = {"code": RequestCode.BAD_USER_INPUT.value, **(error.extensions or {})}
        return GraphQLError(error.message, nodes or error.nodes, path=path or error.path, extensions=extensions)
    return masked(error, locale, nodes, path)


def masked(
    error: Exception, locale: str, nodes: Sequence[Node] | None = None, path: Sequence[str | int] | None = None
) -> GraphQLError:
    """An unexpected error: the log has the place in our code, the client gets a number to quote, and whether to try
    again."""
    code = RequestCode.UNAVAILABLE if is_outage(error) else RequestCode.INTERNAL
    number = uuid.uuid4().hex
    # No message and no values: both can hold personal data. The traceback's files and lines find the fault.
    log.error("unexpected_error", correlation_id=number, kind=type(error).__name__, at=_places(error))
    chinese, english = (words.format(number=number) for words in _MASKS[code])
    return GraphQLError(
        chinese if locale.startswith("zh") else english,
        nodes,
        path=path,
        extensions={"code": code.value, "correlationId": number},
    )


def _places(error: Exception) -> list[str]:
    """Where it was raised: the way through our own folders, and the last steps whoever's they are."""
    places: list[tuple[bool, str]] = []
    trace = error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", "?"))
        ours = module.partition(".")[0] in {"schema", "resolvers", "db", "ocr", "ml"}
        places.append((ours, f"{module}:{trace.tb_lineno} {trace.tb_frame.f_code.co_name}"))
        trace = trace.tb_next
    return [place for number, (ours, place) in enumerate(places) if ours or number >= len(places) - 3]
