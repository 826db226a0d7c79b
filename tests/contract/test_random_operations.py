"""Random operations over the whole schema: whatever a client sends, the answer is data or a coded error of its own.

Arguments and inputs are drawn from values that break programs: extremes of every scalar, text with null characters and
surrogates, ids of other types, of another organisation and of nothing. An error coded INTERNAL or UNAVAILABLE is a
fault of ours.
"""

from __future__ import annotations

import json
import random
import uuid
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_required_argument,
    is_required_input_field,
)

from schema.relay import encode_id
from schema.root import catalog
from tests.contract.world import NODE_TYPES, World
from tests.schema.client import Api

SCHEMA = catalog().schema
OPERATIONS = 120
"""For each of queries and mutations, on each database."""

STRINGS = ["", " ", "x", "长" * 500, "a\x00b", "\u202e", "😀", "%_\\", "' OR 1=1 --", "{}", "\ud800", "x" * 70_000]
SCALARS: dict[str, list[Any]] = {
    "String": STRINGS,
    "Int": [0, 1, -1, 5, 100, 101, 2**31 - 1, -(2**31)],
    "Float": [0.0, -1.5, 1e308],
    "Boolean": [True, False],
    "Decimal": ["0", "1", "-1", "100", "0.0001", "0.00001", "1e30", "-1e-30", "9" * 60],
    "Date": ["2026-10-01", "0001-01-01", "0002-01-01", "9998-12-31"],
    "DateTime": ["2026-10-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
    "UUID": [str(uuid.UUID(int=7)), str(uuid.UUID(int=0))],
    "JSON": [None, {}, [], "x", 7, {"fields": [{"key": 1}]}, {"title": {"zh": "表", "en": "Form"}, "fields": "x"}],
    "Upload": [None],
}


class Operations:
    """Draws operations from a seed."""

    def __init__(self, seed: int, worlds: list[World]) -> None:
        self._random = random.Random(seed)
        self._fitting = {name: [id_ for world in worlds for id_ in world.ids(name)] for name in NODE_TYPES}
        self._ids = [id_ for ids in self._fitting.values() for id_ in ids]
        self._ids += [*(encode_id(name, uuid.uuid4()) for name in NODE_TYPES), "", "x", "é" * 9]

    def draw(self, root: GraphQLObjectType, keyword: str) -> tuple[str, dict[str, Any]]:
        """An operation with its variables."""
        self._variables: dict[str, Any] = {}
        self._types: dict[str, str] = {}
        self._root = ""
        field = self._random.choice(sorted(root.fields))
        self._root = field
        body = self._field(root, field, 3)
        declared = ", ".join(f"${name}: {type_}" for name, type_ in self._types.items())
        return f"{keyword}{f'({declared})' if declared else ''} {{ {body} }}", self._variables

    def _field(self, type_: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        field = type_.fields[name]
        arguments = []
        for key, argument in field.args.items():
            if is_required_argument(argument) or self._random.random() < (0.15 if key == "after" else 0.5):
                arguments.append(f"{key}: {self._variable(key, argument)}")
        inner = get_named_type(field.type)
        text = f"{name}({', '.join(arguments)})" if arguments else name
        return f"{text} {{ {self._selection(inner, depth)} }}" if is_composite_type(inner) else text

    def _selection(self, type_: Any, depth: int) -> str:
        if isinstance(type_, GraphQLInterfaceType):
            concrete = self._random.choice(NODE_TYPES)
            return f"__typename ... on {concrete} {{ {self._selection(SCHEMA.type_map[concrete], depth - 1)} }}"
        parts = ["__typename"]
        names = [
            name
            for name, field in type_.fields.items()
            if depth > 0 or not is_composite_type(get_named_type(field.type))
        ]
        parts += [self._field(type_, name, depth - 1) for name in self._random.sample(names, min(len(names), 5))]
        return " ".join(parts)

    def _variable(self, key: str, argument: GraphQLArgument) -> str:
        name = f"v{len(self._variables)}"
        self._types[name] = str(argument.type)
        self._variables[name] = self._value(argument.type, 3, key)
        return f"${name}"

    def _value(self, type_: GraphQLInputType, depth: int, key: str) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return self._value(type_.of_type, depth, key)
        if isinstance(type_, GraphQLList):
            count = self._random.choice([0, 1, 1, 2, 5])
            inner = type_.of_type
            return [self._value(inner, depth, key) for _ in range(count)]
        if isinstance(type_, GraphQLEnumType):
            return self._random.choice(sorted(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            return {
                name: self._value(field.type, depth - 1, name)
                for name, field in type_.fields.items()
                if self._given(field, depth)
            }
        if type_.name == "ID":
            return self._random.choice(self._fitting_ids(key) if self._random.random() < 0.8 else self._ids)
        if key == "first" and self._random.random() < 0.8:
            return self._random.randint(1, 5)
        return self._random.choice(SCALARS[type_.name])

    def _fitting_ids(self, key: str) -> list[str]:
        """Ids of the type that an argument's name speaks of, as far as it does."""
        people = {"ownerId", "witnessId", "subjectId", "reviewerId", "managerId", "mentionIds"}
        words = "person" if key in people else (key if key not in {"id", "ids"} else self._root).lower()
        named = [name for name in NODE_TYPES if name.lower() in words]
        return self._fitting[max(named, key=len)] if named else self._ids

    def _given(self, field: GraphQLInputField, depth: int) -> bool:
        return is_required_input_field(field) or (depth > 0 and self._random.random() < 0.4)


@pytest.mark.parametrize("keyword", ["query", "mutation"])
def test_random_operations(api: Api, world: World, elsewhere: World, keyword: str) -> None:
    operations = Operations(20261121, [world, elsewhere])
    root = SCHEMA.query_type if keyword == "query" else SCHEMA.mutation_type
    assert root is not None
    viewers = list(world.viewers.values())
    answered = 0
    for number in range(OPERATIONS):
        query, variables = operations.draw(root, keyword)
        viewer = viewers[number % len(viewers)]
        body = json.dumps({"query": query, "variables": variables})
        response = api.http.post(
            "/graphql", content=body, headers={**api.headers(viewer), "content-type": "application/json"}
        )
        assert response.status_code in {200, 400}, (query, variables, response.text[:500])
        errors = response.json().get("errors", [])
        codes = {error.get("extensions", {}).get("code") for error in errors}
        assert codes.isdisjoint({None, "INTERNAL", "UNAVAILABLE"}), (query, variables, errors)
        answered += "data" in response.json()
    assert answered > OPERATIONS / 3, "most operations are run, not refused"
