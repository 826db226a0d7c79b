"""The GraphQL contract: classified, described, bounded, committed, and with the names that clients rely on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_specified_scalar_type,
)

from schema.batching import FunctionField, Kind
from schema.catalog import BACK_REFERENCE, coordinate_of
from schema.export import TARGET, main, text
from schema.playground import FOLDER
from schema.relay import NODES
from schema.root import PERMISSIONS, catalog

SCHEMA = catalog().schema

CORE = """
viewer: Viewer!
node(id: ID!): Node
people(first: Int, after: String, filter: PersonFilter): PersonConnection!
cycles(first: Int, after: String): CycleConnection!
reviews(first: Int, after: String, filter: ReviewFilter): ReviewConnection!
intakeDocuments(first: Int, after: String, filter: IntakeDocumentFilter): IntakeDocumentConnection!
job(id: ID!): Job
"""
"""Queries that front ends are written against; more may be added, these may not change."""

BOUNDED = {
    "goalTree",
    "goalMap",
    "smartCheck",
    "goalTableColumns",
    "customerCommentTableColumns",
    "moods",
    "behaviourTags",
}
"""Plain lists at the root: their size is that of one cycle's goals or of a text, not of the organisation's history."""

MEASURED = {
    "DeliverableReading.confidence",
    "Region.x",
    "Region.y",
    "Region.width",
    "Region.height",
    "IntakeField.confidence",
    "IntakeField.box",
    "ConfidenceParts.recognition",
    "ConfidenceParts.registration",
    "ConfidenceParts.format",
    "ConfidenceParts.directory",
    "IntakeDocument.matchScore",
    "IntakeCandidate.score",
    "IntakePage.residualMm",
    "IntakeSuggestion.box",
    "IntakeSuggestion.confidence",
    "FormOption.boxMm",
    "FormTrial.matchScore",
    "FormTrialField.box",
    "FormTrialField.confidence",
    "TemplateField.boxMm",
}


def types() -> Iterator[GraphQLNamedType]:
    return (type_ for name, type_ in SCHEMA.type_map.items() if not name.startswith("__"))


def fields() -> Iterator[tuple[GraphQLObjectType | GraphQLInterfaceType, str, GraphQLField]]:
    for type_ in types():
        if isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)):
            for name, field in type_.fields.items():
                yield type_, name, field


def test_every_field_is_classified() -> None:
    missing = [
        coordinate_of(type_, name)
        for type_, name, _ in fields()
        if coordinate_of(type_, name) not in catalog().permissions
    ]
    assert missing == []


def test_no_classification_is_stale() -> None:
    known = {coordinate_of(type_, name) for type_, name, _ in fields()}
    assert sorted(PERMISSIONS.keys() - known) == []


def test_every_description_is_there_and_a_sentence() -> None:
    """Descriptions are the documentation; those of fields end with who may use them."""
    found: dict[str, str | None] = {}
    for type_ in types():
        if is_specified_scalar_type(type_):
            continue
        found[type_.name] = type_.description
        if isinstance(type_, GraphQLEnumType):
            found.update({f"{type_.name}.{name}": value.description for name, value in type_.values.items()})
        if isinstance(type_, GraphQLInputObjectType):
            found.update({f"{type_.name}.{name}": field.description for name, field in type_.fields.items()})
    for type_, name, field in fields():
        found[f"{type_.name}.{name}"] = field.description
        found.update({f"{type_.name}.{name}({key}:)": each.description for key, each in field.args.items()})
    assert [place for place, words in found.items() if not words] == []
    assert [place for place, words in found.items() if words and words[-1] not in ".。?:"] == []
    assert [
        f"{type_.name}.{name}" for type_, name, field in fields() if " Permission: " not in (field.description or "")
    ] == []


def test_the_committed_schema_is_fresh() -> None:
    assert TARGET.read_text(encoding="utf-8") == text(), "run `throughline schema export`"
    assert main(["--check"]) == 0


def test_a_stale_schema_is_noticed(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.export.TARGET", TARGET.with_name("no-such-file.graphql"))
    assert main(["--check"]) == 1


def test_the_schema_can_be_built_from_its_text() -> None:
    assert build_schema(text()).type_map.keys() >= {"Query", "Mutation", "Subscription"}


@pytest.mark.parametrize("line", [line for line in CORE.splitlines() if line])
def test_names_that_clients_rely_on(line: str) -> None:
    printed = re.sub(r'"""(?:.|\n)*?"""', "", text())
    query = re.search(r"type Query \{((?:.|\n)*?)\n\}", printed)
    assert query is not None
    flat = re.sub(r"\s+", " ", query[1]).replace("( ", "(").replace(" )", ")")
    flat = re.sub(r"(?<=[a-zA-Z!\]]) (?=[a-z]\w*: \w+[^(]*\))", ", ", flat)
    assert line in flat, flat


def test_lists_are_bounded() -> None:
    """Objects in unbounded number come as connections with `first`; a plain list of objects belongs to its parent."""
    for type_, name, field in fields():
        named = get_named_type(field.type)
        if named.name.endswith("Connection"):
            assert {"first", "after"} <= field.args.keys(), f"{type_.name}.{name}"
        if type_.name == "Query" and name not in BOUNDED:
            assert not isinstance(get_nullable_type(field.type), GraphQLList), f"Query.{name} must be a connection"


def test_mutations_have_one_form() -> None:
    mutation = SCHEMA.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        verb = name[0].upper() + name[1:]
        assert str(field.type) == f"{verb}Payload!", name
        assert {key: str(argument.type) for key, argument in field.args.items()} == {"input": f"{verb}Input!"}, name
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType)
        assert str(payload.fields["errors"].type) == "[UserError!]!", name
        for key, part in payload.fields.items():
            assert key == "errors" or not isinstance(part.type, GraphQLNonNull), f"{name}: {key} must be nullable"
        given = get_named_type(field.args["input"].type)
        assert isinstance(given, GraphQLInputObjectType)
        assert str(given.fields["requestId"].type) == "UUID", name
        if "expectedVersion" in given.fields:
            assert str(given.fields["expectedVersion"].type) == "Int", name


def test_nodes_have_ids_and_are_all_reachable() -> None:
    node = SCHEMA.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    implementing = {type_.name for type_ in SCHEMA.get_possible_types(node)}
    assert implementing == {name for name in NODES if name in SCHEMA.type_map and name != "Parcel"}
    for type_, name, field in fields():
        if name == "id":
            assert str(field.type) == "ID!", type_.name


def test_scores_and_money_are_exact() -> None:
    """Only what a machine measured on a picture is a float."""
    floating = {f"{type_.name}.{name}" for type_, name, field in fields() if get_named_type(field.type).name == "Float"}
    assert floating == MEASURED


def test_scalars_say_what_they_are() -> None:
    for type_ in types():
        if isinstance(type_, GraphQLScalarType) and not is_specified_scalar_type(type_):
            assert len(type_.description or "") > 20, type_.name


def test_functions_have_the_kind_of_their_place() -> None:
    roots = {"Query": Kind.ROOT, "Mutation": Kind.MUTATION, "Subscription": Kind.SUBSCRIPTION}
    for type_, name, field in fields():
        definition = field.extensions[BACK_REFERENCE]
        expected = roots.get(type_.name, Kind.BATCH)
        if isinstance(definition, FunctionField):
            assert definition.kind is expected, f"{type_.name}.{name}"
        else:
            assert type_.name not in roots, f"{type_.name}.{name} has no function"


def test_graphiql_files_are_those_of_the_packages() -> None:
    listed = dict(re.findall(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", (FOLDER / "README.md").read_text(), re.M))
    assert listed.keys() == {"graphiql.min.js", "graphiql.min.css", "react.min.js", "react-dom.min.js"}
    for name, digest in listed.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name
