"""The HTTP application. `uvicorn --factory schema.app:create` serves it."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from db import logs
from db.files import FileStore
from db.migrate import SchemaError, check_version
from db.session import Database, Scope
from db.settings import Settings
from schema import playground
from schema.auth import Authenticator
from schema.brief_files import archives_route, documents_route
from schema.catalog import Catalog
from schema.changes import RowChanges
from schema.context import Services
from schema.engine import Engine
from schema.files import files_route
from schema.oidc import Provider
from schema.projects.feed_endpoint import feeds_route
from schema.root import catalog
from schema.view import View
from schema.websocket import WebSocketView


def create(settings: Settings | None = None, schema: Catalog | None = None) -> Starlette:
    """The application for these settings (by default those of the environment) and a schema (by default the product's).

    It opens nothing before it starts.
    """
    if settings is None:
        settings = Settings()
        logs.configure(settings, "api")
    database = Database(settings)
    services = Services(settings, database, FileStore(settings.files_url), RowChanges(database))
    engine = Engine(schema or catalog(), services)
    development = settings.environment == "development"
    authenticator = Authenticator(services, Provider.of(settings))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        spare_collection()
        try:
            yield
        finally:
            await services.changes.aclose()
            await services.database.aclose()

    async def ready(_request: Request) -> Response:
        """Whether the database answers and has the tables of this version."""
        try:
            await services.database.run(Scope(), lambda session: check_version(session.connection()), write=False)
        except (sa.exc.SQLAlchemyError, OSError):
            return JSONResponse({"status": "unavailable", "database": "unreachable"}, 503)
        except SchemaError as error:
            return JSONResponse({"status": "unavailable", "database": str(error)}, 503)
        return JSONResponse({"status": "ready"})

    return Starlette(
        routes=[
            Route("/graphql", View(engine, authenticator, development=development).handle, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", WebSocketView(engine, authenticator).handle),
            files_route(services),
            documents_route(services),
            archives_route(services, authenticator),
            feeds_route(services),
            *([playground.ASSETS] if development else []),
            Route("/healthz", _healthy),
            Route("/readyz", ready),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=settings.allowed_origins,
                allow_methods=["GET", "POST"],
                allow_headers=[
                    "authorization",
                    "content-type",
                    "apollo-require-preflight",
                    "graphql-require-preflight",
                ],
                max_age=600,
            )
        ],
        lifespan=lifespan,
    )


def spare_collection() -> None:
    """Keep the garbage collector off what lives as long as the process.

    An answer makes thousands of objects at once, which by default makes the collector walk the whole schema several
    times for each request: about a third of the time of a large answer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def _healthy(_request: Request) -> Response:
    """Whether the process answers at all."""
    return JSONResponse({"status": "ok"})
