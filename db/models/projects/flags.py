"""How files of deliverables were judged: every evaluation stays, with its thresholds and readings."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped


class Flag(StrEnum):
    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"
    GREY = "GREY"


UNCONFIRMED: Final = "UNCONFIRMED"
"""The code of `resolvers.rules.flags.Reason` for a value that waits for a person's word; queries ask for it."""


class FlagEvaluation(Base, Identified, OrganizationOwned, Timestamped):
    """The judgement of one file under the thresholds and confirmed readings of one moment."""

    __tablename__ = "flag_evaluation"
    __table_args__ = (UniqueConstraint("deliverable_file_id", "number"),)

    deliverable_file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliverable_file.id"))
    number: Mapped[int]
    """From 1."""
    flag: Mapped[Flag]
    """The worst of the required thresholds."""
    basis_digest: Mapped[str] = mapped_column(String(64))
    """Of the threshold versions and confirmed readings it used: the same ones are not evaluated twice in a row."""


class FlagVerdict(Base, Identified, OrganizationOwned):
    """What one threshold made of all readings of the file."""

    __tablename__ = "flag_verdict"
    __table_args__ = (UniqueConstraint("evaluation_id", "position"),)

    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("flag_evaluation.id"))
    position: Mapped[int]
    threshold_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("threshold_version.id"), index=True)
    flag: Mapped[Flag]
    reasons: Mapped[list[Any]]
    """Codes of `resolvers.rules.flags.Reason`."""


class FlagJudgement(Base, Identified, OrganizationOwned):
    """What one threshold made of one reading."""

    __tablename__ = "flag_judgement"
    __table_args__ = (UniqueConstraint("verdict_id", "reading_id"), Index("ix_flag_judgement_reading", "reading_id"))

    verdict_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("flag_verdict.id"))
    reading_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reading.id"))
    flag: Mapped[Flag]
    reasons: Mapped[list[Any]]


class FlagOverride(Base, Identified, OrganizationOwned, Timestamped):
    """A person's flag in place of the machine's. The latest one about a file stands until it is withdrawn, however the
    machine judges that file meanwhile."""

    __tablename__ = "flag_override"
    __table_args__ = (Index("ix_flag_override_evaluation", "evaluation_id", "id"),)

    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("flag_evaluation.id"))
    """The machine's judgement of then."""
    flag: Mapped[Flag]
    reason: Mapped[str] = mapped_column(Text)
    overruled_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class FlagWithdrawal(Base, Identified, OrganizationOwned, Timestamped):
    """From then on a person's word over a flag holds no more."""

    __tablename__ = "flag_withdrawal"
    __table_args__ = (UniqueConstraint("override_id"),)

    override_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("flag_override.id"))
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """None: the next judgement ended it, as it ended all before words stood until they were withdrawn."""
