"""GraphiQL in a browser, from files of our own; in development only."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from schema.negotiation import HTML, JSON, choose

FOLDER = Path(__file__).with_name("graphiql")
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; "
    "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def wanted(request: Request) -> bool:
    """Whether a browser opened the address of the API, as against a client that sends a query."""
    return (
        request.method == "GET"
        and "query" not in request.query_params
        and choose(request.headers.get("accept"), [JSON, HTML]) == HTML
    )


def page() -> Response:
    """The page."""
    return FileResponse(
        FOLDER / "index.html",
        media_type=HTML,
        headers={"content-security-policy": _POLICY, "x-content-type-options": "nosniff", "cache-control": "no-cache"},
    )


async def _asset(request: Request) -> Response:
    path = FOLDER / Path(request.path_params["name"]).name
    if path.suffix not in _TYPES or not path.is_file():
        return Response("There is no such file.\n", 404)
    return FileResponse(path, media_type=_TYPES[path.suffix], headers={"x-content-type-options": "nosniff"})


ASSETS = Route("/graphiql/{name}", _asset, methods=["GET"])
"""The page's scripts and styles."""
