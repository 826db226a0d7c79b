"""Runs an operation level by level: a field of many parents is one call, not one call for each.

The algorithm is that of the GraphQL specification ("Executing Selection Sets", "Completing Values", "Handling Field
Errors"), turned from depth first to breadth first. It is synchronous: a whole query runs in one transaction, in one
thread or greenlet. A field that fails is null with an error; where null is not allowed the parent becomes null.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from graphql import (
    GraphQLError,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
    is_leaf_type,
)
from graphql.execution.values import VariableValues, get_directive_values
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from schema.batching import Kind
from schema.catalog import Catalog, FieldPlan
from schema.context import Context
from schema.errors import to_graphql_error


class _Failed:
    """A value that may not be null and is: its parent becomes null instead."""


FAILED: Final = _Failed()

Fields = dict[str, list[FieldNode]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation with its coerced variables."""

    node: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    variables: VariableValues


class Place(NamedTuple):
    """Where the values of a level stand, kept so that a path is only spelled out for an error."""

    parent: Place | None
    key: str | None
    owners: Sequence[int] | None
    """The index in the parent level of each value; None: the same index."""
    positions: Sequence[int] | None
    """The index in the list of each value; None: the level is no list."""

    def path(self, index: int) -> list[str | int]:
        owner = index if self.owners is None else self.owners[index]
        path = self.parent.path(owner) if self.parent else []
        if self.key is not None:
            path.append(self.key)
        if self.positions is not None:
            path.append(self.positions[index])
        return path


class _Info(NamedTuple):
    """What resolvers of introspection ask for."""

    schema: GraphQLSchema


class Execution:
    """One run of one operation. `errors` are complete after `query` or `complete` returned."""

    def __init__(self, catalog: Catalog, operation: Operation, context: Context) -> None:
        self.catalog = catalog
        self.operation = operation
        self.context = context
        self.errors: list[GraphQLError] = []
        self._info = _Info(catalog.schema)

    def root_fields(self, type_: GraphQLObjectType) -> Fields:
        """The fields of the operation itself, by response key."""
        return self._collect(type_, [self.operation.node.selection_set])

    def query(self) -> dict[str, Any] | None:
        """Answer a query in the context's transaction."""
        type_ = self.catalog.schema.query_type
        assert type_ is not None
        (result,) = self._execute(type_, self.root_fields(type_), [None], None)
        return None if result is FAILED else result

    def complete(self, type_: GraphQLObjectType, key: str, nodes: list[FieldNode], value: Any) -> Any:
        """The response of one root field whose value is at hand: a mutation's payload or a subscription's event.

        Returns `FAILED` when the whole answer must be null.
        """
        plan = self.catalog.fields[type_.name][nodes[0].name.value]
        place = Place(None, key, None, None)
        return self._complete(plan.graphql.type, plan, nodes, [value], place)[0]

    def fail(self, error: Exception, nodes: Sequence[FieldNode], path: Sequence[str | int]) -> None:
        """Add an error at a path."""
        self.errors.append(to_graphql_error(error, self.context.locale, nodes, path))

    def _execute(
        self, type_: GraphQLObjectType, fields: Fields, sources: Sequence[Any], place: Place | None
    ) -> list[Any]:
        results: list[Any] = [{} for _ in sources]
        failed: set[int] = set()
        plans = self.catalog.fields[type_.name]
        for key, nodes in fields.items():
            name = nodes[0].name.value
            if name == "__typename":
                for result in results:
                    result[key] = type_.name
                continue
            plan = plans[name]
            level = Place(place, key, None, None)
            values = self._values(plan, nodes[0], sources)
            for index, value in enumerate(self._complete(plan.graphql.type, plan, nodes, values, level)):
                if value is FAILED:
                    failed.add(index)
                else:
                    results[index][key] = value
        for index in failed:
            results[index] = FAILED
        return results

    def _values(self, plan: FieldPlan, node: FieldNode, sources: Sequence[Any]) -> Sequence[Any]:
        """The value of a field for each parent; an exception in place of a value is that parent's error."""
        try:
            if plan.attribute is not None:
                return list(map(plan.attribute, sources))
            arguments = plan.arguments(self.catalog, node, self.operation.variables)
            if plan.kind is Kind.BATCH:
                assert plan.function is not None
                values: Sequence[Any] = plan.function(self.context, sources, **arguments)
                if len(values) != len(sources):
                    raise RuntimeError(f"{plan.coordinate} gave {len(values)} values for {len(sources)} parents")
                return values
            if plan.kind is Kind.ROOT:
                assert plan.function is not None
                return [plan.function(self.context, **arguments)]
            resolve = plan.graphql.resolve
            assert resolve is not None
            return [resolve(source, self._info, **arguments) for source in sources]
        except Exception as error:  # noqa: BLE001 - whatever a field raises is that field's error
            return [error] * len(sources)

    def _complete(
        self, type_: GraphQLOutputType, plan: FieldPlan, nodes: list[FieldNode], values: Sequence[Any], place: Place
    ) -> list[Any]:
        if isinstance(type_, GraphQLNonNull):
            completed = self._complete(type_.of_type, plan, nodes, values, place)
            for index, value in enumerate(completed):
                if value is None:
                    if values[index] is None:
                        self.fail(TypeError(f"{plan.coordinate} is null"), nodes, place.path(index))
                    completed[index] = FAILED
            return completed
        if is_leaf_type(type_):
            return self._complete_leaves(type_, nodes, values, place)
        if isinstance(type_, GraphQLList):
            return self._complete_lists(type_, plan, nodes, values, place)
        return self._complete_objects(type_, nodes, values, place)  # type: ignore[arg-type]

    def _complete_leaves(
        self, type_: GraphQLLeafType, nodes: list[FieldNode], values: Sequence[Any], place: Place
    ) -> list[Any]:
        passing, serialize = self.catalog.serializers[type_.name]
        completed: list[Any] = []
        for index, value in enumerate(values):
            if value is None or value.__class__ is passing:
                completed.append(value)
                continue
            try:
                if isinstance(value, Exception):
                    raise value
                completed.append(serialize(value))
            except Exception as error:  # noqa: BLE001 - whatever a field raises is that field's error
                self.fail(error, nodes, place.path(index))
                completed.append(None)
        return completed

    def _complete_lists(
        self,
        type_: GraphQLList[Any],
        plan: FieldPlan,
        nodes: list[FieldNode],
        values: Sequence[Any],
        place: Place,
    ) -> list[Any]:
        items: list[Any] = []
        owners: list[int] = []
        positions: list[int] = []
        completed: list[Any] = [None] * len(values)
        for index, value in enumerate(values):
            if value is None:
                continue
            try:
                if isinstance(value, Exception):
                    raise value
                members = _members(value, plan)
            except Exception as error:  # noqa: BLE001 - whatever a field raises is that field's error
                self.fail(error, nodes, place.path(index))
                continue
            completed[index] = []
            items.extend(members)
            owners.extend([index] * len(members))
            positions.extend(range(len(members)))
        level = Place(place, None, owners, positions)
        for owner, item in zip(owners, self._complete(type_.of_type, plan, nodes, items, level), strict=True):
            if item is FAILED:
                completed[owner] = None
            elif completed[owner] is not None:
                completed[owner].append(item)
        return completed

    def _complete_objects(
        self,
        type_: GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType,
        nodes: list[FieldNode],
        values: Sequence[Any],
        place: Place,
    ) -> list[Any]:
        completed: list[Any] = [None] * len(values)
        groups: dict[str, tuple[GraphQLObjectType, list[int]]] = {}
        for index, value in enumerate(values):
            if value is None:
                continue
            try:
                if isinstance(value, Exception):
                    raise value
                concrete = type_ if isinstance(type_, GraphQLObjectType) else self.catalog.type_of(value, type_)
            except Exception as error:  # noqa: BLE001 - whatever a field raises is that field's error
                self.fail(error, nodes, place.path(index))
                continue
            groups.setdefault(concrete.name, (concrete, []))[1].append(index)
        selections = [node.selection_set for node in nodes if node.selection_set]
        for concrete, indexes in groups.values():
            fields = self._collect(concrete, selections)
            level = Place(place, None, indexes, None)
            sources = [values[index] for index in indexes]
            for index, result in zip(indexes, self._execute(concrete, fields, sources, level), strict=True):
                completed[index] = None if result is FAILED else result
        return completed

    def _collect(self, type_: GraphQLObjectType, selections: list[SelectionSetNode]) -> Fields:
        """The selected fields of a type by response key, in the order of the document."""
        fields: Fields = {}
        visited: set[str] = set()
        for selection_set in selections:
            for node in self._walk(type_, selection_set, visited):
                fields.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        return fields

    def _walk(
        self, type_: GraphQLObjectType, selection_set: SelectionSetNode, visited: set[str]
    ) -> Iterator[FieldNode]:
        for node in selection_set.selections:
            if node.directives and not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or self._applies(type_, condition.name.value):
                    yield from self._walk(type_, node.selection_set, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self.operation.fragments[node.name.value]
                if self._applies(type_, fragment.type_condition.name.value):
                    yield from self._walk(type_, fragment.selection_set, visited)

    def _included(self, node: SelectionNode) -> bool:
        variables = self.operation.variables
        skip = get_directive_values(GraphQLSkipDirective, node, variables)
        if skip is not None and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, variables)
        return include is None or bool(include["if"])

    def _applies(self, type_: GraphQLObjectType, condition: str) -> bool:
        if condition == type_.name:
            return True
        abstract = self.catalog.schema.get_type(condition)
        return isinstance(abstract, (GraphQLInterfaceType, GraphQLUnionType)) and self.catalog.schema.is_sub_type(
            abstract, type_
        )


def _members(value: Any, plan: FieldPlan) -> Sequence[Any]:
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
        raise TypeError(f"{plan.coordinate} is no list")
    return value if isinstance(value, (list, tuple)) else list(value)
