"""Tokens: who gets in, and that nothing else does."""

from __future__ import annotations

import base64
import datetime
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.testclient import TestClient

from db.base import now
from db.models.people import Login, Person, RoleGrant
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer
from schema import oidc
from schema.app import create
from tests.conftest import MakeSettings
from tests.factories import make_organization, make_viewer, unknown_id
from tests.schema.client import GRAPHQL_JSON, Api

QUERY = "{ viewer { person { id } roles } }"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def viewer(database: Database) -> Viewer:
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        return make_viewer(session, company, locale="en")


def claims(subject: str, **changes: Any) -> dict[str, Any]:
    given = {"iss": "throughline", "aud": "throughline", "sub": subject, "exp": now() + HOUR, **changes}
    return {name: value for name, value in given.items() if value is not None}


def ask(api: Api, token: str, scheme: str = "Bearer") -> tuple[int, list[str]]:
    response = api.http.post(
        "/graphql", json={"query": QUERY}, headers={"authorization": f"{scheme} {token}", "accept": GRAPHQL_JSON}
    )
    return response.status_code, [error["extensions"]["code"] for error in response.json().get("errors", [])]


def signed(api: Api, subject: str, *, key: Any = None, algorithm: str = "HS256", **changes: Any) -> str:
    secret = api.settings.secret.get_secret_value() if key is None else key
    return jwt.encode(claims(subject, **changes), secret, algorithm=algorithm)


def test_a_good_token_signs_in(api: Api, viewer: Viewer) -> None:
    assert ask(api, signed(api, str(viewer.person_id))) == (200, [])
    assert ask(api, signed(api, str(viewer.person_id)), "bearer") == (200, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 1e300},
        {"nbf": datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)},
        {"aud": "another"},
        {"aud": None},
        {"iss": "another"},
        {"iss": None},
        {"iss": ["throughline"]},
        {"sub": None},
        {"sub": "unknown"},
        {"sub": ""},
    ],
)
def test_wrong_claims_are_refused(api: Api, viewer: Viewer, changes: dict[str, Any]) -> None:
    given = claims(str(viewer.person_id), **changes)
    token = jwt.api_jws.encode(
        json.dumps(given, default=lambda moment: int(moment.timestamp())).encode(),
        api.settings.secret.get_secret_value(),
        algorithm="HS256",
    )
    assert ask(api, token) == (401, ["UNAUTHENTICATED"])


@pytest.mark.filterwarnings("ignore:The HMAC key is")  # the development secret is short for HS512, which is refused
def test_wrong_signatures_are_refused(api: Api, viewer: Viewer) -> None:
    subject = str(viewer.person_id)
    good = signed(api, subject)
    header, body, signature = good.split(".")
    none_header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for token in (
        f"{header}.{body}.{signature[:-4]}AAAA",
        f"{header}.{body}.",
        f"{none_header}.{body}.",
        f"{none_header}.{body}.{signature}",
        signed(api, subject, key="x" * 40),
        signed(api, subject, algorithm="HS512"),
        signed(api, subject, key=private, algorithm="RS256"),
        "",
        "abc",
        "a.b.c",
        "é",
        good * 40,
    ):
        response = api.http.post(
            "/graphql", json={"query": QUERY}, headers={b"authorization": b"Bearer " + token.encode()}
        )
        assert response.status_code == 401, token[:60]
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert response.headers["www-authenticate"].startswith("Bearer")


def test_other_schemes_are_refused(api: Api) -> None:
    assert ask(api, "dXNlcjpwYXNz", "Basic") == (401, ["UNAUTHENTICATED"])


def test_without_a_token_only_the_schema_can_be_read(api: Api) -> None:
    assert api.send(None, QUERY).status_code == 401
    assert api.codes(None, "{ __typename viewer { roles } }") == ["UNAUTHENTICATED"]
    assert api.codes(None, 'mutation { retryJob(input: {id: "x"}) { errors { code } } }') == ["UNAUTHENTICATED"]
    assert api.data(None, "{ __typename }") == {"__typename": "Query"}
    assert api.data(None, "{ __schema { queryType { name } } }")["__schema"]["queryType"]["name"] == "Query"


def test_in_production_introspection_needs_a_token(make_settings: MakeSettings) -> None:
    settings = make_settings("sqlite", environment="production", secret="s" * 40)
    database = Database(settings)
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        viewer = make_viewer(session, company)
    database.close()
    with TestClient(create(settings)) as client:
        api = Api(settings, client)
        assert api.codes(None, "{ __schema { queryType { name } } }") == ["INTROSPECTION_DISABLED"]
        assert api.codes(None, '{ __type(name: "Query") { name } }') == ["INTROSPECTION_DISABLED"]
        assert api.data(viewer, "{ __schema { queryType { name } } }")
        assert client.get("/graphql", headers={"accept": "text/html"}).status_code == 406
        assert client.get("/graphiql/page.js").status_code == 404


def test_messages_follow_the_language(api: Api) -> None:
    english = api.send(None, QUERY, accept_language="fr, en;q=0.8").json()["errors"][0]["message"]
    chinese = api.send(None, QUERY, accept_language="zh-CN,zh;q=0.9,en;q=0.8").json()["errors"][0]["message"]
    assert english.startswith("Sign in first")
    assert chinese.startswith("请先登录")


def test_an_archived_person_is_out_at_once(api: Api, viewer: Viewer, database: Database) -> None:
    token = api.token(viewer)
    assert ask(api, token) == (200, [])
    with database.begin(Scope(viewer.organization_id)) as session:
        person = session.get_one(Person, viewer.person_id)
        person.archived_at = now()
    assert ask(api, token) == (401, ["UNAUTHENTICATED"])


def test_roles_are_those_of_the_moment(api: Api, viewer: Viewer, database: Database) -> None:
    assert api.data(viewer, QUERY)["viewer"]["roles"] == ["EMPLOYEE"]
    with database.begin(Scope(viewer.organization_id)) as session:
        session.add(
            RoleGrant(organization_id=viewer.organization_id, person_id=viewer.person_id, role=Role.ADMINISTRATOR)
        )
    assert api.data(viewer, QUERY)["viewer"]["roles"] == ["ADMINISTRATOR", "EMPLOYEE"]


class Keys:
    """An identity provider's documents over HTTP, counted."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.asked = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/.well-known/openid-configuration":
                    document: dict[str, Any] = {"issuer": outer.issuer, "jwks_uri": f"{outer.issuer}/keys"}
                else:
                    outer.asked += 1
                    document = {"keys": outer.keys}
                body = json.dumps(document).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: Any) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def publish(self, key_id: str, private: Any, **changes: Any) -> None:
        is_rsa = isinstance(private, rsa.RSAPrivateKey)
        algorithm = jwt.algorithms.RSAAlgorithm if is_rsa else jwt.algorithms.ECAlgorithm
        self.keys.append({**algorithm.to_jwk(private.public_key(), as_dict=True), "kid": key_id, **changes})


@pytest.fixture
def keys() -> Iterator[Keys]:
    keys = Keys()
    thread = threading.Thread(target=keys.server.serve_forever)
    thread.start()
    yield keys
    keys.server.shutdown()
    thread.join()
    keys.server.server_close()


RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())


def public_pem(private: Any) -> bytes:
    pem: bytes = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


@pytest.fixture
def provider_api(keys: Keys, make_settings: MakeSettings) -> Iterator[tuple[Api, str]]:
    """An API with an identity provider, and the subject of a person known to it."""
    settings: Settings = make_settings("sqlite", oidc_issuer=keys.issuer, oidc_audience="our-api")
    database = Database(settings)
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        viewer = make_viewer(session, company)
        session.add(
            Login(organization_id=company.id, issuer=keys.issuer, subject="auth0|7", person_id=viewer.person_id)
        )
    database.close()
    keys.publish("one", RSA)
    with TestClient(create(settings)) as client:
        yield Api(settings, client), "auth0|7"


def provided(keys: Keys, subject: str, private: Any, key_id: str, algorithm: str, **changes: Any) -> str:
    content = claims(subject, **{"iss": keys.issuer, "aud": "our-api", **changes})
    return jwt.encode(content, private, algorithm=algorithm, headers={"kid": key_id} if key_id else None)


def test_tokens_of_the_provider(provider_api: tuple[Api, str], keys: Keys) -> None:
    api, subject = provider_api
    assert ask(api, provided(keys, subject, RSA, "one", "RS256")) == (200, [])
    assert ask(api, provided(keys, subject, RSA, "one", "RS256", aud=["x", "our-api"])) == (200, [])
    assert keys.asked == 1, "the keys are remembered"
    refused = (401, ["UNAUTHENTICATED"])
    assert ask(api, provided(keys, subject, OTHER_RSA, "one", "RS256")) == refused
    assert ask(api, provided(keys, subject, RSA, "one", "RS512")) == refused
    assert ask(api, provided(keys, subject, RSA, "", "RS256")) == refused
    assert ask(api, provided(keys, subject, RSA, "one", "RS256", aud="throughline")) == refused
    assert ask(api, provided(keys, subject, RSA, "one", "RS256", exp=now() - HOUR)) == refused
    assert ask(api, provided(keys, "auth0|8", RSA, "one", "RS256")) == refused
    assert ask(api, provided(keys, subject, RSA, "one", "RS256", email="person1@example.test", sub="x")) == refused
    assert keys.asked == 1, "an unknown key id does not ask again at once"


def test_a_public_key_is_no_shared_secret(provider_api: tuple[Api, str], keys: Keys) -> None:
    """The classic confusion: a token signed by HMAC with the provider's public key."""
    api, subject = provider_api
    for secret in (public_pem(RSA), json.dumps(keys.keys[0]).encode()):
        header = {"alg": "HS256", "kid": "one", "typ": "JWT"}
        content = {**claims(subject, iss=keys.issuer, aud="our-api"), "exp": 4_000_000_000}
        parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, content)]
        mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
        signature = base64.urlsafe_b64encode(mac.sign(".".join(parts).encode(), secret)).decode().rstrip("=")
        assert ask(api, ".".join([*parts, signature])) == (401, ["UNAUTHENTICATED"])


def test_local_tokens_do_not_speak_for_the_provider(provider_api: tuple[Api, str], keys: Keys) -> None:
    api, subject = provider_api
    assert ask(api, signed(api, subject, iss=keys.issuer)) == (401, ["UNAUTHENTICATED"])
    assert ask(api, signed(api, subject)) == (401, ["UNAUTHENTICATED"])
    assert ask(api, provided(keys, subject, RSA, "one", "RS256", iss="throughline")) == (401, ["UNAUTHENTICATED"])


def test_new_keys_are_fetched_when_needed(
    provider_api: tuple[Api, str], keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, subject = provider_api
    assert ask(api, provided(keys, subject, RSA, "one", "RS256")) == (200, [])
    keys.publish("two", EC)
    keys.publish("encryption", OTHER_RSA, use="enc")
    keys.publish("other-algorithm", OTHER_RSA, alg="RS512")
    keys.keys.append({"kty": "oct", "kid": "shared", "k": base64.urlsafe_b64encode(b"x" * 40).decode()})
    keys.keys.append({"kty": "RSA", "kid": "broken"})
    monkeypatch.setattr(oidc, "REFRESH_PAUSE_SECONDS", 0.0)
    assert ask(api, provided(keys, subject, EC, "two", "ES256")) == (200, [])
    assert ask(api, provided(keys, subject, OTHER_RSA, "encryption", "RS256")) == (401, ["UNAUTHENTICATED"])
    assert ask(api, provided(keys, subject, OTHER_RSA, "other-algorithm", "RS256")) == (401, ["UNAUTHENTICATED"])
    assert ask(api, provided(keys, subject, "x" * 40, "shared", "HS256")) == (401, ["UNAUTHENTICATED"])
    assert ask(api, provided(keys, subject, RSA, "broken", "RS256")) == (401, ["UNAUTHENTICATED"])


def test_a_provider_that_is_down_signs_nobody_out(
    provider_api: tuple[Api, str], keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, subject = provider_api
    good = provided(keys, subject, RSA, "one", "RS256")
    assert ask(api, good) == (200, [])
    monkeypatch.setattr(oidc, "REFRESH_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(oidc, "KEYS_FRESH_SECONDS", 0.0)
    keys.server.RequestHandlerClass = BrokenHandler
    assert ask(api, good) == (200, [])


class BrokenHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(503)

    def log_message(self, *_arguments: Any) -> None:
        return


def test_an_unknown_person_of_a_valid_token(api: Api) -> None:
    assert ask(api, signed(api, str(unknown_id()))) == (401, ["UNAUTHENTICATED"])
