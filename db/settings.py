"""The settings of a Throughline process, read once from the environment and passed down."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only-secret-not-for-production"  # noqa: S105 - refused in production
MINIMUM_SECRET_LENGTH = 32


class Settings(BaseSettings):
    """Environment variables `THROUGHLINE_…`. Construction fails with a clear message on a wrong or unsafe value."""

    model_config = SettingsConfigDict(env_prefix="THROUGHLINE_", frozen=True)

    environment: Literal["development", "production"] = "development"
    home: Path = Field(
        default=Path(".throughline"), description="Folder of the embedded database, files and model cache."
    )
    database_url: str = Field(default="", description="Application database. Default: SQLite in the home folder.")
    migration_database_url: str = Field(default="", description="PostgreSQL: the role that owns the tables.")
    relay_database_url: str = Field(
        default="", description="PostgreSQL: the role that sees the jobs table and nothing else."
    )
    broker_url: str = Field(default="memory://", description="`memory://`, `amqp://…` or `redis://…`.")
    storage_url: str = Field(default="", description="`file://…` or `s3://…`. Default: a folder in the home folder.")
    secret: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_SECRET), description="Signs local tokens and file addresses."
    )
    oidc_issuer: str = Field(
        default="", description="Issuer of the identity provider's tokens; empty: local tokens only."
    )
    oidc_audience: str = Field(default="throughline", description="Audience that the provider's tokens must name.")
    oidc_jwks_url: str = Field(
        default="", description="Where the provider publishes its keys. Default: from its discovery."
    )
    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the API listens on.")
    metrics_port: int = Field(default=0, ge=0, le=65535, description="Loopback port of /metrics; 0: off.")
    allowed_origins: list[str] = Field(default=[], description="Browser origins that may call the API (CORS), as JSON.")
    feed_hosts: list[str] = Field(default=[], description="Hosts at which feeds may be asked for values, as JSON.")
    internal_hosts: list[str] = Field(
        default=[], description="Of both kinds of hosts: those that may lie at private addresses of the house, as JSON."
    )
    notification_hosts: list[str] = Field(
        default=[],
        description="Hosts to which notifications may be carried on, as JSON: oapi.dingtalk.com, qyapi.weixin.qq.com, "
        "open.feishu.cn, hooks.slack.com, the mail server… Default: none, nothing leaves the house.",
    )
    public_url: str = Field(
        default="", description="Where people reach the front end: what links in carried notifications begin with."
    )
    worker_processes: int = Field(default=1, ge=1, le=64, description="Worker processes that `serve` starts.")
    broker_queue: str = Field(default="throughline", description="The broker's queue: one name an installation.")
    job_lease_seconds: float = Field(
        default=60, gt=0, description="A running job not heard of for so long is given again."
    )
    ocr_models: Path | None = Field(
        default=None, description="Folder of detection and recognition models; default: built in."
    )
    ocr_threads: int = Field(default=2, ge=1, le=64, description="Threads of one reading process.")
    generator: Literal["extractive", "transformers", "openai"] = Field(
        default="extractive", description="Who drafts briefs: sentences of the notes, a local model, or a server."
    )
    generator_model: str = Field(default="", description="Folder or hub id of the model, or its name on the server.")
    generator_url: str = Field(
        default="", description="`openai`: the server's address up to `/v1`. Text is sent there and nowhere else."
    )
    generator_key: SecretStr = Field(default=SecretStr(""), description="`openai`: the server's key, if it wants one.")
    entailment_model: str = Field(
        default="", description="Folder or hub id of an inference model that may lower a sentence's confidence."
    )

    speech_model: str = Field(
        default="", description="Folder or hub id of a speech recognition model; empty: voice notes are only kept."
    )

    @field_validator("database_url", "migration_database_url", "relay_database_url")
    @classmethod
    def _driver(cls, url: str) -> str:
        """Accept the common spelling and name our driver."""
        for prefix in ("postgresql://", "postgres://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        if self.database_url and not self.database_url.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("THROUGHLINE_DATABASE_URL must start with postgresql:// or sqlite:///")
        if urlsplit(self.broker_url).scheme not in {"memory", "amqp", "amqps", "redis", "rediss"}:
            raise ValueError("THROUGHLINE_BROKER_URL must start with memory://, amqp:// or redis://")
        if self.public_url and not self.public_url.startswith(("http://", "https://")):
            raise ValueError("THROUGHLINE_PUBLIC_URL must start with http:// or https://")
        if urlsplit(self.files_url).scheme not in {"file", "s3"}:
            raise ValueError("THROUGHLINE_STORAGE_URL must start with file:// or s3://")
        if self.generator != "extractive" and not self.generator_model:
            raise ValueError(f"THROUGHLINE_GENERATOR={self.generator} needs THROUGHLINE_GENERATOR_MODEL")
        if self.generator == "openai" and not self.generator_url.startswith(("http://", "https://")):
            raise ValueError("THROUGHLINE_GENERATOR=openai needs THROUGHLINE_GENERATOR_URL, http:// or https://")
        if self.environment == "production":
            secret = self.secret.get_secret_value()
            if secret == DEVELOPMENT_SECRET or len(secret) < MINIMUM_SECRET_LENGTH:
                raise ValueError(
                    f"production needs THROUGHLINE_SECRET: at least {MINIMUM_SECRET_LENGTH} random characters"
                )
        return self

    @property
    def generator_name(self) -> str:
        """What decides who writes, as part of every brief's digest."""
        return ":".join(filter(None, (self.generator, self.generator_model, self.entailment_model)))

    @cached_property
    def url(self) -> str:
        """The application's database URL with the default filled in."""
        return self.database_url or f"sqlite:///{self.home.absolute() / 'throughline.sqlite3'}"

    @cached_property
    def migration_url(self) -> str:
        return self.migration_database_url or self.url

    @cached_property
    def relay_url(self) -> str:
        return self.relay_database_url or self.url

    @cached_property
    def files_url(self) -> str:
        return self.storage_url or f"file://{self.home.absolute() / 'files'}"

    @property
    def embedded(self) -> bool:
        """SQLite: one machine, one writer."""
        return self.url.startswith("sqlite:")
