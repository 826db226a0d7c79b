"""GraphQL over HTTP: one endpoint for queries, mutations and, as server-sent events, subscriptions."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import orjson
from graphql import OperationType
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from db.outages import is_outage
from resolvers.errors import DomainError, ErrorCode
from resolvers.messages import text as message_text
from schema import playground
from schema.auth import Authenticator, Caller
from schema.engine import Answer, Engine, RefusedError, Request
from schema.errors import RequestCode, coded, masked, to_graphql_error
from schema.events import EventStream
from schema.multipart import MAXIMUM_BODY_BYTES, FileTooLargeError, MultipartError, received
from schema.negotiation import EVENTS, GRAPHQL, JSON, choose, language, preferences

MAXIMUM_JSON_BYTES = 1024 * 1024
_DRAINED_BYTES = 256 * 1024 * 1024
"""How much of a body that is too large is read and thrown away, so that the client gets to read the answer."""
_PREFLIGHT_HEADERS = ("apollo-require-preflight", "graphql-require-preflight", "x-apollo-operation-name")


class HttpError(Exception):
    """The HTTP request itself is wrong."""

    def __init__(self, status: int, text: str, code: RequestCode | ErrorCode = RequestCode.BAD_REQUEST) -> None:
        super().__init__(text)
        self.status = status
        self.answer: Answer = {"errors": [coded(code, text).formatted]}


class View:
    """Handles `/graphql` for one process."""

    def __init__(self, engine: Engine, authenticator: Authenticator, *, development: bool) -> None:
        self._engine = engine
        self._development = development
        self._authenticator = authenticator

    async def handle(self, http: HttpRequest) -> Response:
        media_type = choose(http.headers.get("accept"), [JSON, GRAPHQL, EVENTS])
        if self._development and playground.wanted(http):
            return playground.page()
        try:
            if media_type is None:
                raise HttpError(406, f"Accept {GRAPHQL}, {JSON} or {EVENTS}.")
            return await self._handle(http, media_type)
        except HttpError as error:
            headers = {"allow": "GET, POST"} if error.status == 405 else {}
            return _json(error.answer, error.status, GRAPHQL if media_type == GRAPHQL else JSON, headers)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:  # noqa: BLE001 - the last place where it can be masked
            answer: Answer = {"errors": [masked(error, language(http.headers.get("accept-language"))).formatted]}
            status, headers = (503, {"retry-after": "5"}) if is_outage(error) else (500, {})
            return _json(answer, status, GRAPHQL if media_type == GRAPHQL else JSON, headers)

    async def _handle(self, http: HttpRequest, media_type: str) -> Response:
        if http.method == "GET":
            return await self._respond(http, media_type, _from_url(http))
        if http.method != "POST":
            raise HttpError(405, "Use GET for queries or POST.")
        content_type, _, parameters = http.headers.get("content-type", "").partition(";")
        content_type = content_type.strip().lower()
        if content_type == JSON:
            if "charset" in parameters.lower() and "utf-8" not in parameters.lower():
                raise HttpError(415, "JSON must be in UTF-8.")
            return await self._respond(http, media_type, await _from_json(http))
        if content_type == "multipart/form-data":
            return await self._respond_with_files(http, media_type)
        await _drain(http.stream())
        raise HttpError(415, f"Send {JSON}, or multipart/form-data for files.")

    async def _respond_with_files(self, http: HttpRequest, media_type: str) -> Response:
        if not any(http.headers.get(name) for name in _PREFLIGHT_HEADERS):
            # A form on a foreign page can send multipart without a preflight, but it cannot set a header.
            await _drain(http.stream())
            raise HttpError(400, "A multipart request needs the header GraphQL-Require-Preflight: 1.")
        try:
            async with received(http.headers, _limited(http.stream(), MAXIMUM_BODY_BYTES)) as parameters:
                return await self._respond(http, media_type, parameters)
        except MultipartError as error:
            raise HttpError(400, str(error)) from error
        except (FileTooLargeError, _BodyTooLargeError) as error:
            words = message_text(ErrorCode.FILE_TOO_LARGE, language(http.headers.get("accept-language")), maximum_mb=50)
            raise HttpError(413, words, ErrorCode.FILE_TOO_LARGE) from error

    async def _respond(self, http: HttpRequest, media_type: str, parameters: dict[str, Any]) -> Response:
        request = _request(parameters, language(http.headers.get("accept-language")))
        try:
            caller = await self._caller(http, request.locale)
            prepared = self._engine.prepare(request, caller)
            if http.method == "GET" and prepared.type is OperationType.MUTATION:
                raise HttpError(405, "Mutations need POST.")
            if prepared.type is OperationType.SUBSCRIPTION:
                if EVENTS not in preferences(http.headers.get("accept")):
                    raise HttpError(406, f"Subscriptions need Accept: {EVENTS}, or a WebSocket.")
                media_type = EVENTS
            if media_type == EVENTS:
                return EventStream(self._engine, prepared)
            answer = await self._engine.answer(prepared)
        except RefusedError as error:
            return _refusal(error, media_type)
        return _json(answer, 200, media_type)

    async def _caller(self, http: HttpRequest, locale: str) -> Caller | None:
        try:
            return await self._authenticator.caller(http.headers.get("authorization"))
        except DomainError as error:
            raise RefusedError([to_graphql_error(error, locale)]) from error


class _BodyTooLargeError(Exception):
    pass


async def _limited(stream: AsyncIterator[bytes], maximum: int) -> AsyncGenerator[bytes, None]:
    """The stream, refused once it is longer than `maximum` bytes; the rest is read and thrown away."""
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > maximum:
            await _drain(stream)
            raise _BodyTooLargeError
        yield chunk


async def _drain(stream: AsyncIterator[bytes]) -> None:
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > _DRAINED_BYTES:
            return


def _from_url(http: HttpRequest) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    for name in ("query", "operationName"):
        if name in http.query_params:
            parameters[name] = http.query_params[name]
    for name in ("variables", "extensions"):
        if http.query_params.get(name):
            try:
                parameters[name] = orjson.loads(http.query_params[name])
            except orjson.JSONDecodeError as error:
                raise HttpError(400, f"The parameter `{name}` is no JSON.") from error
    return parameters


async def _from_json(http: HttpRequest) -> dict[str, Any]:
    try:
        body = b"".join([chunk async for chunk in _limited(http.stream(), MAXIMUM_JSON_BYTES)])
    except _BodyTooLargeError as error:
        raise HttpError(413, "The request is larger than 1 MB.", RequestCode.QUERY_TOO_LARGE) from error
    try:
        parameters = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise HttpError(400, "The body is no JSON.") from error
    if isinstance(parameters, list):
        raise HttpError(400, "Batched requests are not supported; send one operation.")
    if not isinstance(parameters, dict):
        raise HttpError(400, "The body must be a JSON object.")
    return parameters


def _request(parameters: dict[str, Any], locale: str) -> Request:
    query = parameters.get("query")
    if not isinstance(query, str) or not query.strip():
        raise HttpError(400, "The parameter `query` must be a GraphQL document.")
    operation_name = parameters.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise HttpError(400, "The parameter `operationName` must be a string.")
    variables = parameters.get("variables")
    if variables is not None and not isinstance(variables, dict):
        raise HttpError(400, "The parameter `variables` must be an object.")
    extensions = parameters.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise HttpError(400, "The parameter `extensions` must be an object.")
    return Request(query, operation_name or None, variables, locale)


def _refusal(error: RefusedError, media_type: str) -> Response:
    if error.unauthenticated:
        kind = GRAPHQL if media_type == GRAPHQL else JSON
        return _json(error.answer, 401, kind, {"www-authenticate": 'Bearer realm="throughline"'})
    if media_type == EVENTS:
        return _json(error.answer, 400, JSON)
    # Clients of the older media type read answers only with 200.
    return _json(error.answer, 400 if media_type == GRAPHQL else 200, media_type)


def _json(answer: Answer, status: int, media_type: str, headers: dict[str, str] | None = None) -> Response:
    return Response(
        orjson.dumps(answer),
        status,
        {"content-type": f"{media_type}; charset=utf-8", "cache-control": "no-store", **(headers or {})},
    )
