"""Subscriptions: a stream of rows, each answered like a query of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from schema.batching import FunctionField, Kind


def subscription(function: Callable[..., AsyncIterator[Any]], *, description: str) -> Any:
    """A field of `Subscription`: `(context, **arguments) -> async iterator of values`.

    The function is an asynchronous generator. It reads by `context.read(work)`, checks what the viewer may see before
    its first value, and must end by itself or stand being closed at any `yield`.
    """
    return FunctionField.of(Kind.SUBSCRIPTION, function, description)
