"""Parsed and validated documents, kept for repetition: most clients send the same few texts."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.type import GraphQLInterfaceType, GraphQLObjectType

from schema.catalog import Catalog, coordinate_of
from schema.errors import RequestCode, coded
from schema.limits import MAXIMUM_CHARACTERS, MAXIMUM_TOKENS, check_document

REMEMBERED = 500
_MAXIMUM_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Document:
    """One text, as far as it could be taken. `errors` is empty when it is valid."""

    errors: tuple[GraphQLError, ...] = ()
    operations: tuple[OperationDefinitionNode, ...] = ()
    fragments: dict[str, FragmentDefinitionNode] | None = None
    coordinates: frozenset[str] = frozenset()
    """Every `Type.field` that it selects, but for `__typename` and introspection."""
    introspects: bool = False

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation to run; None when the name does not decide for exactly one."""
        if name is None:
            return self.operations[0] if len(self.operations) == 1 else None
        return next((node for node in self.operations if node.name and node.name.value == name), None)


class Documents:
    """The documents of one schema, the last used ones remembered."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: OrderedDict[str, Document] = OrderedDict()

    def get(self, text: str) -> Document:
        """The document of a text. It never raises: what is wrong is in `errors`."""
        document = self._known.get(text)
        if document is None:
            document = self._read(text)
            self._known[text] = document
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(text)
        return document

    def _read(self, text: str) -> Document:
        if len(text) > MAXIMUM_CHARACTERS:
            return Document(
                (coded(RequestCode.QUERY_TOO_LARGE, f"A query has at most {MAXIMUM_CHARACTERS} characters."),)
            )
        try:
            node = parse(text, max_lexical_tokens=MAXIMUM_TOKENS)
        except GraphQLError as error:
            return Document((_with_code(error, RequestCode.PARSE_FAILED),))
        too_large = check_document(node)
        if too_large is not None:
            return Document((too_large,))
        errors = validate(self._catalog.schema, node, specified_rules, max_errors=_MAXIMUM_ERRORS)
        if errors:
            return Document(tuple(_with_code(error, RequestCode.VALIDATION_FAILED) for error in errors))
        return self._valid(node)

    def _valid(self, node: DocumentNode) -> Document:
        types = TypeInfo(self._catalog.schema)
        used = _UsedFields(types)
        visit(node, TypeInfoVisitor(types, used))
        return Document(
            operations=tuple(part for part in node.definitions if isinstance(part, OperationDefinitionNode)),
            fragments={part.name.value: part for part in node.definitions if isinstance(part, FragmentDefinitionNode)},
            coordinates=frozenset(used.coordinates),
            introspects=used.introspects,
        )


class _UsedFields(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.coordinates: set[str] = set()
        self.introspects = False

    def enter_field(self, node: FieldNode, *_rest: object) -> None:
        name = node.name.value
        parent = self.types.get_parent_type()
        if name in {"__schema", "__type"}:
            self.introspects = True
        elif (
            name != "__typename"
            and isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType))
            and not parent.name.startswith("__")
        ):
            self.coordinates.add(coordinate_of(parent, name))


def _with_code(error: GraphQLError, code: RequestCode) -> GraphQLError:
    return GraphQLError(
        error.message, error.nodes, error.source, error.positions, error.path, extensions={"code": code.value}
    )
