"""From a request to its answer: document, limits, permission, transaction, execution, errors."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import structlog
from graphql import GraphQLError, GraphQLObjectType, OperationType
from graphql.execution.values import VariableValues, get_variable_values
from graphql.language import FieldNode
from sqlalchemy.orm import Session

from resolvers.errors import DomainError, ErrorCode
from resolvers.messages import text as message_text
from schema.auth import Caller
from schema.batching import FunctionField
from schema.catalog import Catalog
from schema.context import Context, Services
from schema.documents import Document, Documents
from schema.errors import RequestCode, coded, masked, to_graphql_error
from schema.execution import FAILED, Execution, Operation
from schema.limits import Pricing
from schema.mutation import perform

log = structlog.get_logger("schema")

_ROOTS = ("Query.", "Mutation.", "Subscription.")

Answer = dict[str, Any]
"""`data` and `errors` as the GraphQL specification spells them; no `data` when the request itself was refused."""


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request, however it came."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    locale: str = "en"


class RefusedError(Exception):
    """The request is not run at all. `answer` says why; `unauthenticated` asks for other credentials."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = list(errors)

    @property
    def answer(self) -> Answer:
        return {"errors": [error.formatted for error in self.errors]}

    @property
    def unauthenticated(self) -> bool:
        return any((error.extensions or {}).get("code") == ErrorCode.UNAUTHENTICATED for error in self.errors)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that may run, but for the viewer's own permissions."""

    request: Request
    document: Document
    operation: Operation
    caller: Caller | None

    @property
    def type(self) -> OperationType:
        return self.operation.node.operation


class Engine:
    """Answers requests. One for each process."""

    def __init__(self, catalog: Catalog, services: Services) -> None:
        self.catalog = catalog
        self.services = services
        self._documents = Documents(catalog)

    def prepare(self, request: Request, caller: Caller | None) -> Prepared:
        """Everything that needs no database. Raises `RefusedError`."""
        document = self._documents.get(request.query)
        if document.errors:
            raise RefusedError(document.errors)
        node = document.operation(request.operation_name)
        if node is None:
            raise RefusedError([coded(RequestCode.BAD_REQUEST, "Name the operation to run with `operationName`.")])
        fragments = document.fragments or {}
        self._check_caller(document, caller, request.locale)
        coerced = get_variable_values(
            self.catalog.schema, node.variable_definitions or (), request.variables or {}, max_errors=10
        )
        if not isinstance(coerced, VariableValues):
            raise RefusedError([_bad_input(error) for error in coerced])
        costly = Pricing(self.catalog.schema, fragments, coerced.coerced).check(node)
        if costly is not None:
            raise RefusedError([costly])
        return Prepared(request, document, Operation(node, fragments, coerced), caller)

    async def answer(self, prepared: Prepared) -> Answer:
        """Run a query or mutation. Raises `RefusedError` when the viewer may not run it."""
        context = self._context(prepared)
        execution = Execution(self.catalog, prepared.operation, context)
        began = time.perf_counter()
        try:
            if prepared.caller is None:
                data = execution.query()
            elif prepared.type is OperationType.MUTATION:
                data = await self._mutate(prepared, execution)
            else:
                data = await self._query(prepared, execution)
            await context.write_accesses()
        except RefusedError:
            raise
        except Exception as error:  # noqa: BLE001 - the last place where it can be masked
            data, execution.errors = None, [masked(error, context.locale)]
        _tell(prepared, execution, time.perf_counter() - began)
        return _answer(data, execution.errors)

    async def subscribe(self, prepared: Prepared) -> AsyncGenerator[Answer, None]:
        """Run a subscription: one answer for each event. Raises `RefusedError` before the first."""
        context = self._context(prepared)
        caller = prepared.caller
        if caller is None:
            raise RefusedError([_unauthenticated(context.locale)])
        await self._admit_alone(prepared, caller, context)
        type_, key, nodes = self._subscribed(Execution(self.catalog, prepared.operation, context))
        function, arguments = self._call(prepared, type_, nodes, context)
        events = function(context, **arguments)
        try:
            async with aclosing(events):
                async for event in events:
                    await self._admit_alone(prepared, caller, context)
                    yield await self._event(prepared, context, event)
        except RefusedError:
            raise  # archived or without the role since the stream began
        except Exception as error:  # noqa: BLE001 - the last place where it can be masked
            yield _answer(None, [to_graphql_error(error, context.locale, nodes, [key])])

    def _check_caller(self, document: Document, caller: Caller | None, locale: str) -> None:
        if caller is not None:
            return
        if document.coordinates:
            raise RefusedError([_unauthenticated(locale)])
        if document.introspects and self.services.settings.environment != "development":
            raise RefusedError(
                [coded(RequestCode.INTROSPECTION_DISABLED, "Sign in to read the schema by introspection.")]
            )

    def _context(self, prepared: Prepared) -> Context:
        return Context(self.services, prepared.request.locale)

    def _admit(self, prepared: Prepared, context: Context, session: Session) -> None:
        """Find the viewer and refuse what their roles may not use."""
        assert prepared.caller is not None
        try:
            viewer = prepared.caller.viewer(session)
        except DomainError as error:
            raise RefusedError([to_graphql_error(error, context.locale)]) from error
        context.known_viewer = viewer
        context.locale = viewer.locale
        refused = self.catalog.mask.refused(prepared.document.coordinates, viewer)
        refused = [coordinate for coordinate in refused if not coordinate.startswith("Mutation.")]
        if refused:
            words = message_text(ErrorCode.FORBIDDEN, context.locale)
            raise RefusedError([coded(ErrorCode.FORBIDDEN, f"{words} ({', '.join(refused)})")])

    async def _admit_alone(self, prepared: Prepared, caller: Caller, context: Context) -> None:
        """`_admit` in a short transaction of its own."""
        await self.services.database.run(
            caller.scope, lambda session: self._admit(prepared, context, session), write=False
        )

    async def _query(self, prepared: Prepared, execution: Execution) -> dict[str, Any] | None:
        assert prepared.caller is not None

        def work(session: Session) -> dict[str, Any] | None:
            self._admit(prepared, execution.context, session)
            execution.context.bound_session = session
            try:
                return execution.query()
            finally:
                execution.context.bound_session = None

        return await self.services.database.run(prepared.caller.scope, work, write=False)

    async def _mutate(self, prepared: Prepared, execution: Execution) -> dict[str, Any] | None:
        assert prepared.caller is not None
        await self._admit_alone(prepared, prepared.caller, execution.context)
        type_ = self.catalog.schema.mutation_type
        assert type_ is not None
        data: dict[str, Any] = {}
        for key, nodes in execution.root_fields(type_).items():
            value = type_.name if nodes[0].name.value == "__typename" else None
            if value is None:
                value = await self._mutate_field(prepared, execution, type_, key, nodes)
            if value is FAILED:
                return None
            data[key] = value
        return data

    async def _mutate_field(
        self, prepared: Prepared, execution: Execution, type_: GraphQLObjectType, key: str, nodes: list[FieldNode]
    ) -> Any:
        plan = self.catalog.fields[type_.name][nodes[0].name.value]
        context = execution.context
        assert isinstance(plan.definition, FunctionField)
        payload: Any
        try:
            arguments = plan.arguments(self.catalog, nodes[0], prepared.operation.variables)
            allowed = self.catalog.mask.allows(plan.coordinate, context.viewer)
            payload = await perform(context, plan.definition, allowed, arguments)
        except Exception as error:  # noqa: BLE001 - whatever a field raises is that field's error
            payload = error
        return await self._complete(execution, type_, key, nodes, payload)

    async def _complete(
        self, execution: Execution, type_: GraphQLObjectType, key: str, nodes: list[FieldNode], value: Any
    ) -> Any:
        def work(session: Session) -> Any:
            execution.context.bound_session = session
            try:
                return execution.complete(type_, key, nodes, value)
            finally:
                execution.context.bound_session = None

        return await self.services.database.run(execution.context.scope, work, write=False)

    def _call(
        self, prepared: Prepared, type_: GraphQLObjectType, nodes: list[FieldNode], context: Context
    ) -> tuple[Any, dict[str, Any]]:
        plan = self.catalog.fields[type_.name][nodes[0].name.value]
        try:
            return plan.function, plan.arguments(self.catalog, nodes[0], prepared.operation.variables)
        except (GraphQLError, DomainError) as error:
            raise RefusedError([to_graphql_error(error, context.locale)]) from error

    def _subscribed(self, execution: Execution) -> tuple[GraphQLObjectType, str, list[FieldNode]]:
        """The one root field of a subscription (validation leaves exactly one)."""
        type_ = self.catalog.schema.subscription_type
        assert type_ is not None
        ((key, nodes),) = execution.root_fields(type_).items()
        return type_, key, nodes

    async def _event(
        self,
        prepared: Prepared,
        context: Context,
        event: Any,
    ) -> Answer:
        execution = Execution(self.catalog, prepared.operation, context)
        type_, key, nodes = self._subscribed(execution)
        value = await self._complete(execution, type_, key, nodes, event)
        await context.write_accesses()
        return _answer(None if value is FAILED else {key: value}, execution.errors)


def _tell(prepared: Prepared, execution: Execution, seconds: float) -> None:
    """One line of log for an operation: names of the schema only, nothing that the client or the data said."""
    log.info(
        "operation",
        kind=prepared.type.value,
        fields=sorted(name for name in prepared.document.coordinates if name.startswith(_ROOTS)),
        milliseconds=round(1000 * seconds, 1),
        codes=sorted({str((error.extensions or {}).get("code")) for error in execution.errors}),
    )


def _answer(data: dict[str, Any] | None, errors: list[GraphQLError]) -> Answer:
    answer: Answer = {"data": data}
    if errors:
        answer["errors"] = [error.formatted for error in errors]
    return answer


def _unauthenticated(locale: str) -> GraphQLError:
    return to_graphql_error(DomainError(ErrorCode.UNAUTHENTICATED), locale)


def _bad_input(error: GraphQLError) -> GraphQLError:
    original = error.original_error
    extensions = getattr(original, "extensions", None) or {"code": RequestCode.BAD_USER_INPUT.value}
    return GraphQLError(error.message, error.nodes, extensions=extensions)
