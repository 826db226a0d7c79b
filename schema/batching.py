"""How fields are declared. There are four ways, and no other is allowed (a test walks the schema):

- `field(description=…)`: a leaf or object that is a plain attribute of the parent's row.
- `batch(function, description=…)`: everything that needs more than the parent's row. The function gets all parents of
  a level at once: `(context, parents, **arguments) -> values in the parents' order`. The executor calls it once per
  level and per place in the query, so 1 and 100 parents cost the same number of statements.
- `root(function, description=…)`: a field of `Query`: `(context, **arguments) -> value`.
- `mutation(function, …)` and `subscription(function, …)`, see `schema.mutation` and `schema.subscription`.

All functions are plain and synchronous and use `context.session`. The GraphQL arguments of a field are the parameters
of its function after `context` (and `parents`), with their annotations and defaults. The field's GraphQL type is the
annotation of the class attribute; the values are rows.

    @node_type(rows.Person, load=people.load, description="…")
    class Person(Node):
        staff_number: str = field(description="…")
        department: Department | None = batch(department_of, description="…")
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, Self

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.unset import UNSET

_USUAL_ARGUMENTS = {
    "input": "What to do, and with what.",
    "filter": "Only what holds for every part that is given.",
}
"""Arguments that mean the same everywhere; others are described by `Annotated[…, strawberry.argument(…)]`."""


class Kind(Enum):
    """How a field gets its value."""

    BATCH = auto()
    ROOT = auto()
    MUTATION = auto()
    SUBSCRIPTION = auto()


class FunctionField(StrawberryField):
    """A field whose value comes from a function of ours. Strawberry only reads its type and arguments."""

    kind: Kind
    function: Callable[..., Any]
    receipts: bool = True
    """Of a mutation: whether what it answered is kept under the request's id."""

    @classmethod
    def of(cls, kind: Kind, function: Callable[..., Any], description: str, deprecation: str | None = None) -> Self:
        made = cls(description=description, deprecation_reason=deprecation, default=None)
        made.kind = kind
        made.function = function
        return made

    def __copy__(self) -> Self:
        copied = super().__copy__()
        copied.kind = self.kind
        copied.function = self.function
        copied.receipts = self.receipts
        return copied

    @property
    def arguments(self) -> list[StrawberryArgument]:
        if self._arguments is None:
            self._arguments = _arguments(self.function, skip=2 if self.kind is Kind.BATCH else 1)
        return self._arguments

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        self._arguments = value


def field(*, description: str, name: str | None = None, deprecation: str | None = None) -> Any:
    """A field that is a plain attribute of the parent's row. `name` is its GraphQL name when it differs."""
    return strawberry.field(description=description, name=name, deprecation_reason=deprecation, default=None)


def batch(function: Callable[..., Any], *, description: str, deprecation: str | None = None) -> Any:
    """A field computed for all parents of a level at once: `(context, parents, **arguments) -> values`.

    A value may be an exception (usually a `DomainError`): then this parent's field fails and the others stand.
    """
    return FunctionField.of(Kind.BATCH, function, description, deprecation)


def root(function: Callable[..., Any], *, description: str, deprecation: str | None = None) -> Any:
    """A field of `Query`: `(context, **arguments) -> value`."""
    return FunctionField.of(Kind.ROOT, function, description, deprecation)


def _arguments(function: Callable[..., Any], *, skip: int) -> list[StrawberryArgument]:
    """The GraphQL arguments that a function's parameters stand for."""
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[skip:]
    return [
        StrawberryArgument(
            python_name=parameter.name,
            graphql_name=None,
            type_annotation=StrawberryAnnotation(hints[parameter.name]),
            description=_USUAL_ARGUMENTS.get(parameter.name),
            default=UNSET if parameter.default in (None, inspect.Parameter.empty) else parameter.default,
        )
        for parameter in parameters
    ]
