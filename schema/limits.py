"""What a request may ask for, so that no single one can occupy the server.

Before validation: tokens, depth, fields and aliases of the document as written, with fragments unfolded. After the
variables are coerced: the cost, where a connection's content counts once for each row it may return.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
)
from graphql.type import GraphQLInterfaceType

from schema.errors import RequestCode, coded
from schema.relay import DEFAULT_PAGE_SIZE, MAXIMUM_PAGE_SIZE

MAXIMUM_CHARACTERS = 100_000
MAXIMUM_TOKENS = 5_000
MAXIMUM_DEPTH = 20
"""GraphiQL's introspection nests deepest, with 13."""
MAXIMUM_FIELDS = 1_000
MAXIMUM_ALIASES = 50
MAXIMUM_ROOT_FIELDS = 25
MAXIMUM_COST = 25_000
"""Values of an answer at most, roughly: 100 reviews of 20 answers with 10 fields each fit."""


class Size(NamedTuple):
    """Of a selection with its fragments unfolded."""

    depth: int
    fields: int
    aliases: int


def check_document(document: DocumentNode) -> GraphQLError | None:
    """The first limit that the document breaks as written, if any. Safe on documents that are not valid."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    sizes: dict[str, Size] = {}
    for node in document.definitions:
        if not isinstance(node, OperationDefinitionNode):
            continue
        try:
            size = _size(node.selection_set, fragments, sizes, ())
        except RecursionError:
            return coded(RequestCode.QUERY_TOO_DEEP, f"The query nests deeper than {MAXIMUM_DEPTH} levels.")
        if size.depth > MAXIMUM_DEPTH:
            return coded(
                RequestCode.QUERY_TOO_DEEP, f"The query nests {size.depth} levels deep; at most {MAXIMUM_DEPTH} may."
            )
        if size.fields > MAXIMUM_FIELDS:
            return coded(RequestCode.QUERY_TOO_LARGE, f"The query selects more than {MAXIMUM_FIELDS} fields.")
        if size.aliases > MAXIMUM_ALIASES:
            return coded(RequestCode.QUERY_TOO_LARGE, f"The query uses more than {MAXIMUM_ALIASES} aliases.")
        if len(node.selection_set.selections) > MAXIMUM_ROOT_FIELDS:
            return coded(RequestCode.QUERY_TOO_LARGE, f"The query has more than {MAXIMUM_ROOT_FIELDS} root fields.")
    return None


def _size(
    selection_set: SelectionSetNode,
    fragments: dict[str, FragmentDefinitionNode],
    known: dict[str, Size],
    inside: tuple[str, ...],
) -> Size:
    depth = fields = aliases = 0
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            below = _size(node.selection_set, fragments, known, inside) if node.selection_set else Size(0, 0, 0)
            part = Size(below.depth + 1, below.fields + 1, below.aliases + (node.alias is not None))
        elif isinstance(node, InlineFragmentNode):
            part = _size(node.selection_set, fragments, known, inside)
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name in inside or name not in fragments:
                continue  # validation refuses cycles and unknown names
            if name not in known:
                known[name] = _size(fragments[name].selection_set, fragments, known, (*inside, name))
            part = known[name]
        depth = max(depth, part.depth)
        fields += part.fields
        aliases += part.aliases
    return Size(depth, fields, aliases)


@dataclass(slots=True)
class Pricing:
    """Computes the cost of a valid operation with its coerced variables."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    variables: dict[str, Any]

    def check(self, operation: OperationDefinitionNode) -> GraphQLError | None:
        root = self.schema.get_root_type(operation.operation)
        assert root is not None
        cost = self._cost(root, operation.selection_set, {})
        if cost <= MAXIMUM_COST:
            return None
        return coded(
            RequestCode.QUERY_TOO_COSTLY,
            f"The query may return {cost} values; at most {MAXIMUM_COST} may. Ask for fewer fields or smaller pages.",
        )

    def _cost(self, type_: Any, selection_set: SelectionSetNode, known: dict[tuple[str, str], int]) -> int:
        cost = 0
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                cost += self._field_cost(type_, node, known)
            elif isinstance(node, InlineFragmentNode):
                inner = self.schema.get_type(node.type_condition.name.value) if node.type_condition else type_
                cost += self._cost(inner, node.selection_set, known)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                key = (fragment.name.value, type_.name)
                if key not in known:
                    inner = self.schema.get_type(fragment.type_condition.name.value)
                    known[key] = self._cost(inner, fragment.selection_set, known)
                cost += known[key]
        return cost

    def _field_cost(self, type_: Any, node: FieldNode, known: dict[tuple[str, str], int]) -> int:
        if node.name.value.startswith("__") or node.selection_set is None:
            return 1  # introspection is bounded by the depth and size of the schema
        assert isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType))
        field = type_.fields[node.name.value]
        below = get_named_type(field.type)
        if not is_composite_type(below):
            return 1
        times = self._page_size(node) if "first" in field.args else 1
        return 1 + times * self._cost(below, node.selection_set, known)

    def _page_size(self, node: FieldNode) -> int:
        """Rows that a connection may return; a wrong number is refused when the field runs."""
        for argument in node.arguments or ():
            if argument.name.value == "first":
                value = argument.value
                name = getattr(getattr(value, "name", None), "value", None)
                size: Any = self.variables.get(name) if name else getattr(value, "value", None)
                try:
                    return min(max(int(size), 1), MAXIMUM_PAGE_SIZE)
                except (TypeError, ValueError):
                    return DEFAULT_PAGE_SIZE
        return DEFAULT_PAGE_SIZE
