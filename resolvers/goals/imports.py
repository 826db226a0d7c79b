"""Goals from a table: asked for, read by a worker, checked row by row, and created all or none."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from db.base import new_id
from db.files import FileStore
from db.models.goal_updates import GoalImport
from db.models.goals import DataSource, Direction, Goal, GoalKind, GoalLevel, GoalStatus, GoalVisibility
from db.queries import goals, people
from db.viewer import Role, Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import authority, tables
from resolvers.goals.drafting import add_measures
from resolvers.goals.inputs import GoalDraft, MeasureDraft, checked_goal
from resolvers.goals.loading import cycle_to_use
from resolvers.table_imports import TableImport, row_error
from resolvers.telling import GOAL, tell

GOALS = TableImport(GoalImport, "goals.import")
IMPORTERS = (Role.MANAGER, Role.HR, Role.COMMITTEE)
MAXIMUM_GOALS = 5_000


def request_import(
    session: Session, viewer: Viewer, files: FileStore, content: bytes, cycle_id: uuid.UUID, *, dry_run: bool
) -> GoalImport:
    """Keep a table of goals and put in the job that reads it. A dry run checks everything and creates nothing.

    For managers, HR and the committee; each goal must be one that they may draft. Raises `DomainError`: FORBIDDEN,
    NOT_FOUND, CYCLE_CLOSED, FILE_EMPTY, FILE_TOO_LARGE (over 10 MB), FILE_TYPE_UNSUPPORTED (neither XLSX nor text).
    """
    authority.require_role(viewer, *IMPORTERS)
    cycle_to_use(session, viewer, cycle_id, ("input", "cycleId"))
    return GOALS.request(session, viewer, files, content, dry_run=dry_run, cycle_id=cycle_id)


def record_import(session: Session, viewer: Viewer, import_id: uuid.UUID, rows: Sequence[Sequence[str]]) -> None:
    """Check the rows of a table and create its goals as drafts, all or none. Doing it again changes nothing."""
    wanted = GOALS.waiting(session, import_id)
    if wanted is None:
        return
    reading = _Reading(session, viewer, wanted.cycle_id)
    drafts = reading.read(rows)
    if len(drafts) > MAXIMUM_GOALS:
        reading.errors.append(row_error(MAXIMUM_GOALS + 2, None, ErrorCode.TOO_MANY.value))
    wanted.rows = len(drafts)
    if not reading.errors and not wanted.dry_run:
        _create(session, viewer, drafts)
        wanted.created = len(drafts)
    GOALS.finish(session, viewer, wanted, reading.errors)


@dataclass(frozen=True, slots=True)
class _Read:
    """A goal of the table, with the row it stands in and, where it names one, the place of its parent."""

    row: int
    id: uuid.UUID
    draft: GoalDraft
    parent_code: str | None


class _RowError(Exception):
    def __init__(self, column: str, code: ErrorCode) -> None:
        super().__init__(code.value)
        self.column = column
        self.code = code


class _Reading:
    """Reads a table for one viewer and cycle; everything it needs from the database is looked up once."""

    def __init__(self, session: Session, viewer: Viewer, cycle_id: uuid.UUID) -> None:
        self.errors: list[dict[str, Any]] = []
        self._session = session
        self._viewer = viewer
        self._cycle_id = cycle_id
        everybody = people.everybody(session, viewer)
        self._people = {entry.staff_number.casefold(): entry for entry in everybody}
        self._departments = {row.code.casefold(): row.id for row in people.every_department(session, viewer)}
        self._known_codes = goals.ids_by_code(session, viewer)
        self._taken = goals.codes_taken(session, cycle_id)
        on = people.today(session, viewer.organization_id)
        self._below = set(session.scalars(people.reports_below(viewer, on))) if viewer.has(Role.MANAGER) else set()
        self._allowed: dict[authority.Subject, bool] = {}
        self._depths: Mapping[uuid.UUID, int] = {}

    def read(self, rows: Sequence[Sequence[str]]) -> list[_Read]:
        """The goals of the table, those with a parent in the table after that parent. Errors are collected."""
        if not rows:
            self.errors.append(row_error(1, None, ErrorCode.FILE_EMPTY.value))
            return []
        try:
            places = tables.read_header(rows[0])
        except tables.HeaderError as error:
            self.errors.append(row_error(1, error.key, "COLUMN_MISSING"))
            return []
        found: list[_Read] = []
        for number, row in enumerate(rows[1:], 2):
            cells = {key: tables.plain_cell(row[place]) for key, place in places.items() if place < len(row)}
            if not any(cells.values()):
                continue
            try:
                self._take(number, cells, found)
            except _RowError as error:
                self.errors.append(row_error(number, error.column, error.code.value))
            except DomainError as error:
                column = error.field[-1] if error.field else None
                self.errors.append(row_error(number, column, error.code.value))
        return self._linked(found)

    def _take(self, number: int, cells: dict[str, str], found: list[_Read]) -> None:
        measure = self._measure(cells)
        if not cells.get("title") and not cells.get("code"):
            if not found or measure is None:
                raise _RowError("title", ErrorCode.TEXT_REQUIRED)
            above = found[-1]
            longer = replace(above.draft, measures=(*above.draft.measures, measure))
            checked_goal(longer, ())
            found[-1] = replace(above, draft=longer)
            return
        draft = self._draft(cells, measure)
        checked_goal(draft, ())
        self._require_allowed(draft)
        found.append(_Read(number, new_id(), draft, cells.get("parent") or None))

    def _draft(self, cells: dict[str, str], measure: MeasureDraft | None) -> GoalDraft:
        level = _word(GoalLevel, cells, "level") or GoalLevel.PERSON
        owner, department_id = None, None
        if number := cells.get("owner"):
            owner = self._people.get(number.casefold())
            if owner is None:
                raise _RowError("owner", ErrorCode.NOT_FOUND)
        if code := cells.get("department"):
            department_id = self._departments.get(code.casefold())
            if department_id is None:
                raise _RowError("department", ErrorCode.NOT_FOUND)
        if level is GoalLevel.PERSON and owner is not None:
            department_id = owner.department_id
        return GoalDraft(
            cycle_id=self._cycle_id,
            kind=_word(GoalKind, cells, "kind") or GoalKind.OBJECTIVE,
            level=level,
            title=cells.get("title", ""),
            owner_id=owner.id if owner else None,
            department_id=None if level is GoalLevel.ORGANIZATION else department_id,
            code=cells.get("code") or None,
            description=cells.get("description") or None,
            weight=_number(cells, "weight"),
            hours=_number(cells, "hours"),
            visibility=_word(GoalVisibility, cells, "visibility") or GoalVisibility.ORGANIZATION,
            measures=(measure,) if measure else (),
        )

    def _measure(self, cells: dict[str, str]) -> MeasureDraft | None:
        if not cells.get("measure"):
            return None
        return MeasureDraft(
            name=cells["measure"],
            unit=cells.get("unit") or None,
            direction=_word(Direction, cells, "direction") or Direction.INCREASE,
            start=_number(cells, "start"),
            target=_number(cells, "target"),
            low=_number(cells, "low"),
            high=_number(cells, "high"),
            weight=_number(cells, "measure_weight"),
            data_source=_word(DataSource, cells, "data_source"),
        )

    def _require_allowed(self, draft: GoalDraft) -> None:
        if draft.level is GoalLevel.PERSON and draft.owner_id in self._below:
            return
        subject = authority.Subject(draft.level, draft.owner_id, draft.department_id, self._viewer.person_id)
        if subject not in self._allowed:
            self._allowed[subject] = authority.may_shape(self._session, self._viewer, subject)
        if not self._allowed[subject]:
            raise _RowError("owner", ErrorCode.FORBIDDEN)

    def _linked(self, found: list[_Read]) -> list[_Read]:
        """The goals with their parents, each after its own parent; codes that clash or go in circles are errors."""
        by_code: dict[str, _Read] = {}
        for read in found:
            code = read.draft.code
            if code is None:
                continue
            if code in by_code or code in self._taken:
                self.errors.append(row_error(read.row, "code", ErrorCode.CODE_TAKEN.value))
            by_code.setdefault(code, read)
        outside = {
            self._known_codes[read.parent_code]
            for read in found
            if read.parent_code not in by_code and read.parent_code in self._known_codes
        }
        self._depths = goals.depths(self._session, outside)
        placed: dict[uuid.UUID, int] = {}
        linked: list[_Read] = []
        for read in found:
            depth = self._depth(read, by_code, placed)
            if depth is None:
                self.errors.append(row_error(read.row, "parent", ErrorCode.GOAL_LOOP.value))
            elif depth < 0:
                self.errors.append(row_error(read.row, "parent", ErrorCode.NOT_FOUND.value))
            elif depth >= goals.MAXIMUM_DEPTH:
                self.errors.append(row_error(read.row, "parent", ErrorCode.GOAL_TOO_DEEP.value))
            else:
                parent = by_code.get(read.parent_code or "")
                parent_id = parent.id if parent else self._known_codes.get(read.parent_code or "")
                linked.append(replace(read, draft=replace(read.draft, parent_id=parent_id)))
        return sorted(linked, key=lambda read: placed[read.id])

    def _depth(self, read: _Read, by_code: dict[str, _Read], placed: dict[uuid.UUID, int]) -> int | None:
        """Levels above the goal within the table and beyond; None in a circle, -1 below an unknown parent."""
        line = [read]
        walking = {read.id}
        while (code := line[-1].parent_code) is not None and line[-1].id not in placed:
            parent = by_code.get(code)
            if parent is None:
                known = self._known_codes.get(code)
                if known is None:
                    return -1 if line[-1] is read else 0
                placed[line[-1].id] = self._depths[known] + 1
                break
            if parent.id in walking:
                return None
            walking.add(parent.id)
            line.append(parent)
        depth = placed.setdefault(line[-1].id, 0)
        for one in reversed(line[:-1]):
            depth += 1
            placed[one.id] = depth
        return depth


def _create(session: Session, viewer: Viewer, reads: Sequence[_Read]) -> None:
    # Held here, because a session forgets a written row that nobody holds.
    made: list[Goal] = []
    for read in reads:
        draft = read.draft
        goal = Goal(
            id=read.id,
            organization_id=viewer.organization_id,
            cycle_id=draft.cycle_id,
            kind=draft.kind,
            level=draft.level,
            owner_id=draft.owner_id,
            department_id=draft.department_id,
            code=draft.code,
            title=draft.title,
            description=draft.description,
            parent_id=draft.parent_id,
            weight=draft.weight,
            hours=draft.hours,
            visibility=draft.visibility,
            status=GoalStatus.DRAFT,
            created_by=viewer.person_id,
        )
        made.append(goal)
    session.add_all(made)
    # Goals are written before anything refers to them, parents first: rows of one table keep the order of adding.
    session.flush()
    for goal, read in zip(made, reads, strict=True):
        add_measures(session, goal, read.draft.measures, 0)
    session.flush()
    tell(session, viewer, "goal.created", GOAL, *(read.id for read in reads))


def _word(kind: type[Any], cells: dict[str, str], key: str) -> Any:
    text = cells.get(key)
    if not text:
        return None
    found: StrEnum | None = tables.word(kind, text)
    if found is None:
        raise _RowError(key, ErrorCode.INVALID)
    return found


def _number(cells: dict[str, str], key: str) -> Decimal | None:
    text = (cells.get(key) or "").replace(",", "").replace("，", "").removesuffix("%").removesuffix("％").strip()
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _RowError(key, ErrorCode.INVALID)
    return number
