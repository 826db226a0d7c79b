"""The schema prepared for execution: how each field gets its value, worked out once at start."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.language import FieldNode
from graphql.type.introspection import SchemaMetaFieldDef, TypeMetaFieldDef
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from schema.batching import FunctionField, Kind
from schema.permissions import VISIBLE, Mask, PermissionMap
from schema.relay import NODES

Serializer = Callable[[Any], Any]

BACK_REFERENCE = GraphQLCoreConverter.DEFINITION_BACKREF


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """How one field of one type gets its value."""

    coordinate: str
    graphql: GraphQLField
    kind: Kind | None
    """None: an attribute of the parent, or a field of introspection."""
    function: Callable[..., Any] | None
    attribute: Callable[[Any], Any] | None
    definition: StrawberryField | None

    def arguments(self, catalog: Catalog, node: FieldNode, variables: VariableValues) -> dict[str, Any]:
        """The Python arguments of the field's function. Raises `GraphQLError` on a value that does not fit."""
        if not self.graphql.args:
            return {}
        values = get_argument_values(self.graphql, node, variables)
        if self.definition is None:
            return values
        converter = catalog.converter
        return convert_arguments(
            values, self.definition.arguments, scalar_registry=converter.scalar_registry, config=converter.config
        )


class Catalog:
    """Everything the executor looks up, by name or by Python class."""

    def __init__(self, schema: strawberry.Schema, permissions: PermissionMap) -> None:
        self.schema: GraphQLSchema = schema._schema
        self.converter: GraphQLCoreConverter = schema.schema_converter
        self.fields: dict[str, dict[str, FieldPlan]] = {}
        self.serializers: dict[str, tuple[type | None, Serializer]] = {}
        self._types: dict[type[Any], GraphQLObjectType] = {}
        for type_ in self.schema.type_map.values():
            if isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)):
                self.fields[type_.name] = {name: _plan(type_, name, field) for name, field in type_.fields.items()}
            if isinstance(type_, GraphQLObjectType):
                self._know(type_)
            if is_leaf_type(type_):
                self.serializers[type_.name] = _serializer(type_)
        query = self.schema.query_type
        assert query is not None
        for name, meta in (("__schema", SchemaMetaFieldDef), ("__type", TypeMetaFieldDef)):
            self.fields[query.name][name] = FieldPlan(name, meta, None, None, None, None)
        self.permissions: PermissionMap = {**_payload_permissions(self.schema), **permissions}
        self.mask = Mask(self.permissions)
        self._describe()

    def type_of(self, value: Any, abstract: GraphQLInterfaceType | GraphQLUnionType) -> GraphQLObjectType:
        """The object type of a value in an abstract place. Raises `TypeError` when it has none there."""
        type_ = self._types.get(type(value))
        if type_ is None or not self.schema.is_sub_type(abstract, type_):
            raise TypeError(f"{type(value).__name__} is no {abstract.name}")
        return type_

    def _know(self, type_: GraphQLObjectType) -> None:
        node = NODES.get(type_.name)
        if node is not None:
            self._types[node.row] = type_
        definition = type_.extensions.get(BACK_REFERENCE)
        if isinstance(definition, StrawberryObjectDefinition):
            self._types[definition.origin] = type_

    def _describe(self) -> None:
        """Say in every field's description who may use it."""
        for plans in self.fields.values():
            for plan in plans.values():
                permission = self.permissions.get(plan.coordinate)
                if permission is not None:
                    plan.graphql.description = f"{plan.graphql.description} Permission: {permission.words}."


def coordinate_of(type_: GraphQLObjectType | GraphQLInterfaceType, field: str) -> str:
    """`Type.field`; the many connections and edges are all `Connection` and `Edge`."""
    definition = type_.extensions.get(BACK_REFERENCE)
    if isinstance(definition, StrawberryObjectDefinition) and definition.concrete_of is not None:
        return f"{definition.concrete_of.name}.{field}"
    return f"{type_.name}.{field}"


def _plan(type_: GraphQLObjectType | GraphQLInterfaceType, name: str, field: GraphQLField) -> FieldPlan:
    definition = field.extensions.get(BACK_REFERENCE)
    coordinate = coordinate_of(type_, name)
    if isinstance(definition, FunctionField):
        return FieldPlan(coordinate, field, definition.kind, definition.function, None, definition)
    if isinstance(definition, StrawberryField):
        if not definition.is_basic_field:
            raise TypeError(f"{coordinate} has a resolver; declare it with schema.batching")
        return FieldPlan(coordinate, field, None, None, operator.attrgetter(definition.python_name), definition)
    return FieldPlan(coordinate, field, None, None, None, None)


def _payload_permissions(schema: GraphQLSchema) -> PermissionMap:
    """A payload is seen by whoever called its mutation; its objects keep their own rules."""
    mutation = schema.mutation_type
    return {
        f"{payload.name}.{name}": VISIBLE
        for field in (mutation.fields.values() if mutation else ())
        if isinstance(payload := get_named_type(field.type), GraphQLObjectType)
        for name in payload.fields
    }


def _serializer(type_: GraphQLLeafType) -> tuple[type | None, Serializer]:
    """The class whose values pass as they are, and the function for all others."""
    if isinstance(type_, GraphQLEnumType):
        names = {_hashable(value.value): name for name, value in type_.values.items()}

        def enum_name(value: Any) -> str:
            name = names.get(_hashable(value))
            return type_.coerce_output_value(value) if name is None else name

        return None, enum_name
    passing: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}
    return passing.get(type_.name), type_.coerce_output_value


def _hashable(value: Any) -> Any:
    return getattr(value, "value", value)
