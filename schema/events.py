"""Server-sent events by the GraphQL over SSE protocol, "distinct connections" mode."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncGenerator
from contextlib import aclosing

import orjson
from graphql import OperationType
from starlette.responses import StreamingResponse

from db.base import now
from resolvers.errors import DomainError, ErrorCode
from schema.engine import Answer, Engine, Prepared, RefusedError
from schema.errors import to_graphql_error
from schema.negotiation import EVENTS

KEEP_ALIVE_SECONDS = 12.0


class EventStream(StreamingResponse):
    """The answers of an operation as `next` events, then one `complete`."""

    def __init__(self, engine: Engine, prepared: Prepared) -> None:
        super().__init__(
            _events(engine, prepared),
            headers={
                "content-type": f"{EVENTS}; charset=utf-8",
                "cache-control": "no-store",
                "x-accel-buffering": "no",
            },
        )


async def answers(engine: Engine, prepared: Prepared) -> AsyncGenerator[Answer, None]:
    """The answers of any operation, subscription or not. It ends with an error when the caller's token expires."""
    if prepared.type is not OperationType.SUBSCRIPTION:
        try:
            yield await engine.answer(prepared)
        except RefusedError as error:
            yield error.answer
        return
    expires_at = prepared.caller.identity.expires_at if prepared.caller else now()
    try:
        async with aclosing(engine.subscribe(prepared)) as stream:
            while True:
                left = (expires_at - now()) / datetime.timedelta(seconds=1)
                try:
                    yield await asyncio.wait_for(anext(stream), max(left, 0))
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    expired = to_graphql_error(DomainError(ErrorCode.UNAUTHENTICATED), prepared.request.locale)
                    yield {"errors": [expired.formatted]}
                    return
    except RefusedError as error:
        yield error.answer


async def _events(engine: Engine, prepared: Prepared) -> AsyncGenerator[bytes, None]:
    async with aclosing(answers(engine, prepared)) as stream:
        waiting: asyncio.Task[Answer] | None = None
        try:
            while True:
                waiting = waiting or asyncio.ensure_future(anext(stream))
                done, _ = await asyncio.wait({waiting}, timeout=KEEP_ALIVE_SECONDS)
                if not done:
                    yield b":\n\n"
                    continue
                try:
                    answer = waiting.result()
                except StopAsyncIteration:
                    break
                waiting = None
                yield b"event: next\ndata: " + orjson.dumps(answer) + b"\n\n"
        finally:
            if waiting is not None and not waiting.done():
                waiting.cancel()
                await asyncio.wait({waiting})
    yield b"event: complete\ndata:\n\n"
