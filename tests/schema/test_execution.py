"""The executor against graphql-core's own, on random data and random queries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

import pytest
import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType, execute_sync, parse, validate
from graphql.execution.values import VariableValues, get_variable_values
from graphql.language import FragmentDefinitionNode, OperationDefinitionNode
from hypothesis import given, settings
from hypothesis import strategies as st

from db.files import FileStore
from db.session import Database
from db.settings import Settings
from schema import batching
from schema.batching import FunctionField, batch, root
from schema.catalog import Catalog
from schema.changes import RowChanges
from schema.context import Context, Services
from schema.execution import Execution, Operation


class UnluckyError(Exception):
    """A value that fails."""


def _tagged(_context: Context, branches: Sequence[Any], prefix: str = "", times: int = 1) -> list[Any]:
    return [
        branch.name if isinstance(branch.name, Exception) else [f"{prefix}{branch.name}"] * times for branch in branches
    ]


@strawberry.interface(description="Something that grows.")
class Being:
    name: str | None = batching.field(description="Name.")


@strawberry.type(description="It has nothing below it.")
class Leaf(Being):
    number: int = batching.field(description="A number that may not be null.")
    sizes: list[int] | None = batching.field(description="Numbers that may not be null in a list that may.")


@strawberry.type(description="It has others below it.")
class Branch(Being):
    only: Leaf = batching.field(description="One that must be there.")
    maybe: Leaf | None = batching.field(description="One that may be there.")
    children: list[Being] = batching.field(description="All must be there.")
    guests: list[Being | None] | None = batching.field(description="Any may be missing.")
    grid: list[list[int | None]] | None = batching.field(description="Lists in lists.")
    tagged: list[str] = batch(_tagged, description="The name, several times.")


@dataclass
class LeafRow:
    name: Any = None
    number: Any = 0
    sizes: Any = None


@dataclass
class BranchRow:
    name: Any = None
    only: Any = field(default_factory=LeafRow)
    maybe: Any = None
    children: Any = field(default_factory=list)
    guests: Any = None
    grid: Any = None


TREE: list[Any] = [None]
"""What the root field answers; one for each example."""


@strawberry.type
class Query:
    tree: Branch | None = root(lambda _context: TREE[0], description="A tree.")
    forest: list[Branch] | None = root(lambda _context: [TREE[0], TREE[0]], description="Twice the same tree.")
    fixed: Branch = root(lambda _context: TREE[0], description="A tree that must be there.")


def _catalog() -> Catalog:
    catalog = Catalog(strawberry.Schema(Query, types=[Leaf, Branch]), {})
    known = cast("dict[type, GraphQLObjectType]", catalog._types)
    for row, name in ((LeafRow, "Leaf"), (BranchRow, "Branch")):
        known[row] = cast("GraphQLObjectType", catalog.schema.type_map[name])
    return catalog


CATALOG = _catalog()


def _teach_the_reference() -> None:
    """Give graphql-core's executor resolvers that do for one parent what ours do for all."""
    for type_ in CATALOG.schema.type_map.values():
        if isinstance(type_, (GraphQLInterfaceType, GraphQLUnionType)):
            type_.resolve_type = lambda value, _info, abstract: CATALOG.type_of(value, abstract).name
        if not isinstance(type_, GraphQLObjectType) or type_.name.startswith("__"):
            continue
        type_.is_type_of = None
        for name, plan in CATALOG.fields[type_.name].items():
            if name.startswith("__"):
                continue
            if isinstance(plan.definition, FunctionField):
                alone = plan.definition.kind is batching.Kind.ROOT
                type_.fields[name].resolve = _resolver(plan.definition.function, alone)
            else:
                type_.fields[name].resolve = lambda source, _info, read=plan.attribute: read(source)


def _resolver(function: Any, alone: bool) -> Any:
    if alone:
        return lambda _source, info, **arguments: function(info.context, **arguments)
    return lambda source, info, **arguments: function(info.context, [source], **arguments)[0]


_teach_the_reference()


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    home: Path = tmp_path_factory.mktemp("home")
    database = Database(Settings(home=home))
    return Context(Services(Settings(home=home), database, FileStore(f"file://{home}"), RowChanges(database)), "en")


def ours(context: Context, text: str, variables: dict[str, Any]) -> tuple[Any, list[list[str | int]]]:
    document = parse(text)
    (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    coerced = get_variable_values(CATALOG.schema, operation.variable_definitions or (), variables)
    assert isinstance(coerced, VariableValues)
    execution = Execution(CATALOG, Operation(operation, fragments, coerced), context)
    data = execution.query()
    return data, [list(error.path or []) for error in execution.errors]


def theirs(context: Context, text: str, variables: dict[str, Any]) -> tuple[Any, list[list[str | int]]]:
    result = execute_sync(CATALOG.schema, parse(text), context_value=context, variable_values=variables)
    return result.data, [list(error.path or []) for error in result.errors or []]


def assert_same(context: Context, text: str, variables: dict[str, Any] | None = None) -> None:
    """Equal data in equal order, and the same errors.

    Ours may tell more errors about an object that became null: graphql-core stops at the first of them.
    """
    assert not validate(CATALOG.schema, parse(text)), text
    data, errors = ours(context, text, variables or {})
    expected, expected_errors = theirs(context, text, variables or {})
    assert json.dumps(data) == json.dumps(expected), text
    for path in expected_errors:
        assert path in errors
    for path in errors:
        if path not in expected_errors:
            assert _nulled_above(data, path), (path, expected_errors)
    assert len(errors) == len({json.dumps(path) for path in errors})


def _nulled_above(data: Any, path: list[str | int]) -> bool:
    for key in path[:-1]:
        if data is None:
            return True
        data = data[key]
    return data is None


unlucky = st.builds(UnluckyError)
names = st.one_of(st.none(), st.sampled_from(["a", "b"]), unlucky)
numbers = st.one_of(st.integers(0, 9), st.integers(0, 9), st.none(), unlucky, st.just("no number"), st.just(2**40))
leaves = st.builds(
    LeafRow, names, numbers, st.one_of(st.none(), unlucky, st.lists(numbers, max_size=3), st.just("no list"))
)
maybe_leaves = st.one_of(leaves, leaves, st.none(), unlucky)


def _branches(beings: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = st.one_of(beings, beings, beings, st.none(), unlucky)
    return st.builds(
        BranchRow,
        names,
        maybe_leaves,
        maybe_leaves,
        st.one_of(st.lists(members, max_size=3), st.none()),
        st.one_of(st.lists(members, max_size=3), st.none(), unlucky, st.just([object()])),
        st.one_of(st.none(), st.lists(st.one_of(st.none(), st.lists(numbers, max_size=2)), max_size=2)),
    )


beings = st.recursive(leaves, lambda inner: st.one_of(leaves, _branches(inner)), max_leaves=8)
trees = st.one_of(_branches(beings), st.none(), unlucky)


@st.composite
def selections(draw: st.DrawFn, type_: str, depth: int) -> str:
    """Fields of a type, with aliases, fragments, directives and repetitions."""
    leaf = {
        "Leaf": ["name", "number", "sizes"],
        "Branch": ["name", "grid", 'tagged(times: 2, prefix: "p")'],
        "Being": ["name"],
    }
    inner = {
        "Leaf": {},
        "Being": {},
        "Branch": {"only": "Leaf", "maybe": "Leaf", "children": "Being", "guests": "Being"},
    }
    parts: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        choice = draw(st.integers(0, 9))
        if choice <= 3 or depth == 0:
            text = draw(st.sampled_from([*leaf[type_], "__typename"]))
            parts.append(draw(st.sampled_from(["", f"x_{text[:4]}: "])) + text)
        elif choice <= 6 and inner[type_]:
            name = draw(st.sampled_from(sorted(inner[type_])))
            parts.append(f"{name} {{ {draw(selections(inner[type_][name], depth - 1))} }}")
        elif type_ == "Being":
            concrete = draw(st.sampled_from(["Leaf", "Branch"]))
            alias = f"as{concrete}"
            parts.append(f"... on {concrete} {{ {alias}: __typename {draw(selections(concrete, depth - 1))} }}")
        else:
            directive = draw(st.sampled_from(["", "@include(if: $yes)", "@skip(if: $yes)", "@include(if: false)"]))
            parts.append(f"... {directive} {{ {draw(selections(type_, depth - 1))} }}")
    return " ".join(parts)


@settings(max_examples=150, deadline=None)
@given(tree=trees, data=st.data())
def test_random_queries_answer_like_graphql_core(context: Context, tree: Any, data: st.DataObject) -> None:
    TREE[0] = tree
    field_ = data.draw(st.sampled_from(["tree", "forest", "fixed"]))
    text = f"query($yes: Boolean!) {{ {field_} {{ {data.draw(selections('Branch', 3))} }} }}"
    if "if: $yes" not in text:
        text = text.replace("query($yes: Boolean!)", "query")
    if validate(CATALOG.schema, parse(text)):
        return  # the generator may alias two different fields alike; what is not valid is never executed
    assert_same(context, text, {"yes": data.draw(st.booleans())} if "$yes" in text else {})


WHOLE = BranchRow(
    "root",
    LeafRow("only", 1, [1, 2]),
    None,
    [LeafRow("l", 3), BranchRow("b", LeafRow("o", 4), None, [LeafRow("deep", 5)])],
    [None, LeafRow("g", 6)],
    [[1, None], []],
)


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (
            "{ tree { name ...F ...F } } fragment G on Being { name __typename } "
            "fragment F on Branch { only { number } children { ...G } }",
            {},
        ),
        ("query($n: Int = 3) { tree { tagged(times: $n) } }", {}),
        ("query($n: Int = 3) { tree { tagged(times: $n) } }", {"n": 1}),
        ("query($p: String) { tree { tagged(prefix: $p) } }", {}),
        ("{ a: tree { name } b: tree { name only { name } } a: tree { only { number } } }", {}),
        ("{ __schema { queryType { name fields { name args { name defaultValue } } } } tree { name } }", {}),
        ('{ __type(name: "Being") { possibleTypes { name } } missing: __type(name: "No") { name } }', {}),
        ("{ __typename tree { __typename children { __typename ... on Leaf { number } } } }", {}),
    ],
)
def test_shapes_answer_like_graphql_core(context: Context, text: str, variables: dict[str, Any]) -> None:
    TREE[0] = WHOLE
    assert_same(context, text, variables)


def test_a_field_of_many_parents_is_one_call(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    plan = CATALOG.fields["Branch"]["tagged"]

    def counting(context: Context, branches: Sequence[Any], **arguments: Any) -> list[Any]:
        calls.append(len(branches))
        return _tagged(context, branches, **arguments)

    monkeypatch.setitem(
        CATALOG.fields["Branch"],
        "tagged",
        type(plan)(**{each.name: getattr(plan, each.name) for each in fields(plan)} | {"function": counting}),
    )
    TREE[0] = BranchRow("root", children=[BranchRow(str(number)) for number in range(30)])
    data, errors = ours(context, "{ tree { children { ... on Branch { tagged } } } }", {})
    assert (len(data["tree"]["children"]), errors, calls) == (30, [], [30])


def test_a_function_that_forgets_a_parent_fails_the_field(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = CATALOG.fields["Branch"]["tagged"]
    short = type(plan)(**{each.name: getattr(plan, each.name) for each in fields(plan)} | {"function": lambda *_: []})
    monkeypatch.setitem(CATALOG.fields["Branch"], "tagged", short)
    TREE[0] = BranchRow("root")
    data, errors = ours(context, "{ tree { tagged } }", {})
    assert data == {"tree": None}
    assert errors == [["tree", "tagged"]]
