"""Who may do what inside PostgreSQL: row security, the application's role and the relay's role.

Row security and grants are written here, anew after every migration, for all tables of the metadata: a table that
was forgotten would be one that the application cannot read, not one that it can read without limits.
"""

from __future__ import annotations

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ProgrammingError

from db.base import Base, OrganizationOwned
from db.models.events import AccessEvent, Event, LostSight
from db.models.feedback.customers import CustomerCommentRevision
from db.models.feedback.growth import GrowthRevision
from db.models.feedback.notes import FeedbackRevision
from db.models.feedback.points import PointsLine, PointsPosting
from db.models.goal_changes import GoalRevision
from db.models.intake import FormPage, FormVersion
from db.models.jobs import Job
from db.models.people import Login, Organization
from db.models.projects.deliverables import Reading, ReadingAcceptance, ReadingConfirmation
from db.models.projects.feeds import FeedRuleRevision
from db.models.projects.flags import FlagEvaluation, FlagJudgement, FlagOverride, FlagVerdict, FlagWithdrawal
from db.models.projects.rules import TaskRuleRevision
from db.models.projects.templates import DeliverableTemplateVersion, ThresholdVersion
from db.models.registry import METADATA
from db.settings import Settings

_ORGANIZATION = "nullif(current_setting('app.organization', true), '')::uuid"
_LOGIN = (
    "issuer = nullif(current_setting('app.login_issuer', true), '') "
    "AND subject = nullif(current_setting('app.login_subject', true), '')"
)
APPEND_ONLY = frozenset(
    table.__tablename__
    for table in (
        Event,
        LostSight,
        AccessEvent,
        CustomerCommentRevision,
        FeedbackRevision,
        GrowthRevision,
        PointsPosting,
        PointsLine,
        GoalRevision,
        FormVersion,
        FormPage,
        DeliverableTemplateVersion,
        ThresholdVersion,
        Reading,
        ReadingAcceptance,
        ReadingConfirmation,
        FlagEvaluation,
        FlagVerdict,
        FlagJudgement,
        FlagOverride,
        FlagWithdrawal,
        TaskRuleRevision,
        FeedRuleRevision,
    )
)


class RoleError(RuntimeError):
    """A PostgreSQL role is missing or has too many rights; the message says what to do."""


def provision(connection: Connection, settings: Settings) -> None:
    """Set row security and grants, making the login roles of the application and the relay where they are missing.

    Runs as the role that owns the tables. Raises `RoleError` when a role is missing and may not be made, and in
    production when the application would run as the owner or as a role that row security does not bind.
    """
    owner = connection.scalar(sa.text("SELECT current_user"))
    _secure_rows(connection)
    application, relay = make_url(settings.url), make_url(settings.relay_url)
    if application.username == owner:
        if settings.environment == "production":
            raise RoleError(
                "production needs two PostgreSQL roles: THROUGHLINE_MIGRATION_DATABASE_URL for the one that owns the "
                "tables, THROUGHLINE_DATABASE_URL for another one"
            )
    else:
        _ensure_login(connection, application)
        _grant_application(connection, _name(application))
        _check_bound(connection, _name(application), settings)
    if relay.username not in {owner, application.username}:
        _ensure_login(connection, relay)
        _grant_relay(connection, _name(relay))
    elif settings.environment == "production":
        raise RoleError("production needs THROUGHLINE_RELAY_DATABASE_URL: a role of its own for the relay")


def check_application(connection: Connection, settings: Settings) -> None:
    """Raise `RoleError` in production when the role of this connection is not bound by row security."""
    _check_bound(connection, str(connection.scalar(sa.text("SELECT current_user"))), settings)


def check_relay(connection: Connection) -> None:
    """Raise `RoleError` when the role of this connection would not see the jobs of every organisation: it has neither
    the relay's policy nor stands above row security. On SQLite everything is seen."""
    if connection.dialect.name == "sqlite":
        return
    sees = connection.scalar(
        sa.text(
            "SELECT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) OR EXISTS ("
            "SELECT FROM pg_policies WHERE tablename = 'job' AND policyname = 'relay' "
            "AND current_user = ANY(roles))"
        )
    )
    if not sees:
        raise RoleError(
            "the role of THROUGHLINE_RELAY_DATABASE_URL does not see the jobs: name a role of its own there, and run "
            "`throughline migrate` with the same settings"
        )


def owned_tables() -> list[str]:
    """The names of all tables whose rows belong to an organisation, sorted; `organization` itself is not one."""
    return sorted(
        str(mapper.local_table.description)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, OrganizationOwned)
    )


def _secure_rows(connection: Connection) -> None:
    connection.exec_driver_sql(
        " ".join(
            [
                *(_policy(table, f"organization_id = {_ORGANIZATION}") for table in owned_tables()),
                _policy(Organization.__tablename__, f"id = {_ORGANIZATION}"),
                # Whoever owns the tables may list organisations: for commands of operators and steps that move data.
                f"DROP POLICY IF EXISTS owner ON {Organization.__tablename__};",
                f"CREATE POLICY owner ON {Organization.__tablename__} FOR SELECT TO CURRENT_USER USING (true);",
                f"DROP POLICY IF EXISTS sign_in ON {Login.__tablename__};",
                f"CREATE POLICY sign_in ON {Login.__tablename__} FOR SELECT USING ({_LOGIN});",
            ]
        )
    )


def _policy(table: str, condition: str) -> str:
    return (
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY; ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY; '
        f'DROP POLICY IF EXISTS organization ON "{table}"; '
        f'CREATE POLICY organization ON "{table}" USING ({condition}) WITH CHECK ({condition});'
    )


def _ensure_login(connection: Connection, url: URL) -> None:
    name = _name(url)
    if connection.scalar(sa.text("SELECT true FROM pg_roles WHERE rolname = :name"), {"name": name}):
        return
    statement = sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name))
    if url.password:
        statement = sql.SQL("{} PASSWORD {}").format(statement, sql.Literal(str(url.password)))
    try:
        with connection.begin_nested():
            _execute(connection, statement)
    except ProgrammingError as error:
        if not isinstance(error.orig, psycopg.errors.InsufficientPrivilege | psycopg.errors.DuplicateObject):
            raise
        if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise RoleError(
                f"the migration role may not make roles: let a superuser run CREATE ROLE \"{name}\" LOGIN PASSWORD '…'"
            ) from None


def _grant_application(connection: Connection, role: str) -> None:
    for table in METADATA.sorted_tables:
        rights = "SELECT, INSERT" if table.name in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        _grant(connection, rights, table.name, role)
    _grant(connection, "SELECT", "alembic_version", role)
    _execute(connection, sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(sql.Identifier(role)))


def _grant_relay(connection: Connection, role: str) -> None:
    _grant(connection, "SELECT, UPDATE", Job.__tablename__, role)
    _execute(connection, sql.SQL("DROP POLICY IF EXISTS relay ON {}").format(sql.Identifier(Job.__tablename__)))
    _execute(
        connection,
        sql.SQL("CREATE POLICY relay ON {} TO {} USING (true) WITH CHECK (true)").format(
            sql.Identifier(Job.__tablename__), sql.Identifier(role)
        ),
    )


def _grant(connection: Connection, rights: str, table: str, role: str) -> None:
    name = sql.Identifier(role)
    _execute(connection, sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.Identifier(table), name))
    _execute(connection, sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), sql.Identifier(table), name))


def _check_bound(connection: Connection, role: str, settings: Settings) -> None:
    if settings.environment != "production":
        return
    unbound = connection.scalar(
        sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role"), {"role": role}
    )
    owner = connection.scalar(
        sa.text("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = :role)"),
        {"role": role},
    )
    if unbound or owner:
        raise RoleError(
            f'the role "{role}" of THROUGHLINE_DATABASE_URL must not own tables, be a superuser or have BYPASSRLS: '
            "row security would not bind it"
        )


def _name(url: URL) -> str:
    if not url.username:
        raise RoleError("name the PostgreSQL role in the database URL: postgresql://ROLE:PASSWORD@HOST/DATABASE")
    return url.username


def _execute(connection: Connection, statement: sql.Composable) -> None:
    raw = connection.connection.dbapi_connection
    if not isinstance(raw, psycopg.Connection):
        raise RoleError("roles are a matter of PostgreSQL")
    connection.exec_driver_sql(statement.as_string(raw).replace("%", "%%"))
