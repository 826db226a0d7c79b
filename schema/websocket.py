"""GraphQL over WebSocket: the `graphql-transport-ws` protocol, on the same path as HTTP.

The token comes in the payload of `connection_init`, as `authorization: "Bearer …"` (any case of the key, also inside
`headers`). When it expires, running subscriptions end with an UNAUTHENTICATED error and new ones are refused.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from db.base import now
from resolvers.errors import DomainError, ErrorCode
from schema.auth import Authenticator, Caller
from schema.engine import Engine, Prepared, RefusedError, Request
from schema.errors import masked, to_graphql_error
from schema.events import answers
from schema.negotiation import language

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
MAXIMUM_OPERATIONS = 50
MAXIMUM_MESSAGE_CHARACTERS = 1024 * 1024


class ProtocolError(Exception):
    """The client broke the protocol: the socket is closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class WebSocketView:
    """Handles WebSockets on `/graphql` for one process."""

    def __init__(self, engine: Engine, authenticator: Authenticator) -> None:
        self._engine = engine
        self._authenticator = authenticator

    async def handle(self, socket: WebSocket) -> None:
        if PROTOCOL not in socket.scope.get("subprotocols", []):
            await socket.accept()
            await socket.close(4406, "Subprotocol not acceptable")
            return
        await socket.accept(PROTOCOL)
        connection = _Connection(self._engine, self._authenticator, socket)
        try:
            await connection.run()
        except ProtocolError as error:
            if socket.client_state is WebSocketState.CONNECTED:
                await socket.close(error.code, error.reason)
        except WebSocketDisconnect:
            pass
        except Exception as error:  # noqa: BLE001 - the last place where it can be masked
            number = (masked(error, "en").extensions or {})["correlationId"]
            if socket.client_state is WebSocketState.CONNECTED:
                await socket.close(1011, f"Please quote {number}")
        finally:
            await connection.stop()


@dataclass(slots=True)
class _Connection:
    engine: Engine
    authenticator: Authenticator
    socket: WebSocket
    caller: Caller | None = None
    acknowledged: bool = False
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def run(self) -> None:
        try:
            await asyncio.wait_for(self._initialise(), INIT_SECONDS)
        except TimeoutError as error:
            raise ProtocolError(4408, "Connection initialisation timeout") from error
        while True:
            await self._take(await self._receive())

    async def stop(self) -> None:
        tasks = list(self.running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _initialise(self) -> None:
        while not self.acknowledged:
            await self._take(await self._receive())

    async def _receive(self) -> dict[str, Any]:
        text = await self.socket.receive_text()
        if len(text) > MAXIMUM_MESSAGE_CHARACTERS:
            raise ProtocolError(4400, "Message too large")
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise ProtocolError(4400, "Message is no JSON") from error
        if not isinstance(message, dict):
            raise ProtocolError(4400, "Message must be an object")
        return message

    async def _take(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "connection_init":
                await self._acknowledge(message.get("payload"))
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                self._start(message)
            case "complete":
                task = self.running.pop(str(message.get("id")), None)
                if task is not None:
                    task.cancel()
            case _:
                raise ProtocolError(4400, "Unknown message type")

    async def _acknowledge(self, payload: Any) -> None:
        if self.acknowledged:
            raise ProtocolError(4429, "Too many initialisation requests")
        try:
            self.caller = await self.authenticator.caller(_authorization(payload))
        except DomainError as error:
            raise ProtocolError(4403, "Forbidden") from error
        self.acknowledged = True
        await self._send({"type": "connection_ack"})

    def _start(self, message: dict[str, Any]) -> None:
        if not self.acknowledged:
            raise ProtocolError(4401, "Unauthorized")
        id_, request = message.get("id"), _request(message.get("payload"), self._locale())
        if not isinstance(id_, str) or not id_:
            raise ProtocolError(4400, "A subscription needs an id")
        if id_ in self.running:
            raise ProtocolError(4409, f"Subscriber for {id_[:100]} already exists")
        if len(self.running) >= MAXIMUM_OPERATIONS:
            raise ProtocolError(4400, f"At most {MAXIMUM_OPERATIONS} operations at once")
        self.running[id_] = asyncio.create_task(self._operate(id_, request))

    async def _operate(self, id_: str, request: Request) -> None:
        try:
            prepared = self._prepare(request)
        except RefusedError as error:
            self.running.pop(id_, None)
            await self._send({"id": id_, "type": "error", "payload": error.answer["errors"]})
            return
        async with aclosing(answers(self.engine, prepared)) as stream:
            async for answer in stream:
                if "data" not in answer:
                    self.running.pop(id_, None)
                    await self._send({"id": id_, "type": "error", "payload": answer["errors"]})
                    return
                await self._send({"id": id_, "type": "next", "payload": answer})
        self.running.pop(id_, None)
        await self._send({"id": id_, "type": "complete"})

    def _prepare(self, request: Request) -> Prepared:
        if self.caller is not None and self.caller.identity.expires_at <= now():
            raise RefusedError([to_graphql_error(DomainError(ErrorCode.UNAUTHENTICATED), request.locale)])
        return self.engine.prepare(request, self.caller)

    async def _send(self, message: dict[str, Any]) -> None:
        await self.socket.send_text(orjson.dumps(message).decode())

    def _locale(self) -> str:
        return language(self.socket.headers.get("accept-language"))


def _authorization(payload: Any) -> str | None:
    if not isinstance(payload, dict):
        return None
    for key, value in payload.items():
        if str(key).lower() == "authorization" and isinstance(value, str):
            return value
    headers = payload.get("headers")
    return _authorization(headers) if isinstance(headers, dict) else None


def _request(payload: Any, locale: str) -> Request:
    if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
        raise ProtocolError(4400, "A subscription needs a payload with a query")
    name, variables = payload.get("operationName"), payload.get("variables")
    if not isinstance(name, (str, type(None))) or not isinstance(variables, (dict, type(None))):
        raise ProtocolError(4400, "operationName must be a string and variables an object")
    return Request(payload["query"], name or None, variables, locale)
