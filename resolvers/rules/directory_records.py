"""One row of a company's directory: which columns there are, and what their cells mean."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from zoneinfo import available_timezones

from db.viewer import Role
from resolvers.goals.tables import Column, folded

COLUMNS = (
    Column("staff_number", "工号", "Staff number", "组织内唯一。", "Unique in the organisation.", required=True),
    Column("name", "姓名", "Name", "本人书写的姓名。", "As the person writes it.", required=True),
    Column("email", "邮箱", "Email", "组织内唯一。", "Unique in the organisation.", required=True),
    Column("department", "部门编码", "Department", "所在部门的编码。", "Code of the department.", required=True),
    Column("department_name", "部门名称", "Department name", "新部门必填。", "Needed for a new department."),
    Column("department_name_en", "部门英文名", "Department name in English", "默认同部门名称。", "Default: the name."),
    Column("parent_department", "上级部门编码", "Parent department", "上级部门的编码。", "Code of the one above."),
    Column("manager", "直接上级工号", "Manager", "留空为无上级。", "Staff number; empty: nobody."),
    Column("job_title", "职位", "Job title", "如 客户经理。", "Such as account manager."),
    Column("level", "职级", "Level", "如 P6。", "Such as P6."),
    Column("starts_on", "生效日期", "Starts on", "默认为今天。", "From when the row holds; default: today."),
    Column("left_on", "离职日期", "Left on", "最后工作日。", "The last day at work."),
    Column(
        "roles", "角色", "Roles", "经理 / HR / 委员会 / PMO / 管理员。", "Manager, HR, committee, PMO, administrator."
    ),
    Column("name_latin", "拼音", "Latin name", "姓名的拉丁写法。", "The name in Latin letters."),
    Column("language", "语言", "Language", "zh 或 en。", "zh or en."),
    Column("timezone", "时区", "Time zone", "如 Asia/Shanghai。", "Such as Asia/Shanghai."),
    Column("subject", "登录标识", "Login subject", "身份提供方的 sub。", "The identity provider's `sub`."),
)
ROLE_WORDS = {
    folded(word): role
    for role, words in {
        Role.EMPLOYEE: "员工 employee",
        Role.MANAGER: "经理 主管 manager",
        Role.HR: "人事 人力 hr",
        Role.COMMITTEE: "委员会 绩效委员会 committee",
        Role.PMO: "项目管理 pmo",
        Role.ADMINISTRATOR: "管理员 administrator admin",
    }.items()
    for word in words.split()
}
_DATE = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?:日|[ T]00:00.*)?")
_LENGTHS = {"staff_number": 64, "department": 64, "level": 32, "email": 320, "subject": 300}
_LONGEST = 200


class CellError(Exception):
    """What a cell says cannot be: VALUE_MISSING, VALUE_TOO_LONG, VALUE_INVALID."""

    def __init__(self, column: str, code: str) -> None:
        super().__init__(code)
        self.column, self.code = column, code


@dataclass(frozen=True, slots=True)
class DirectoryRecord:
    """A person as of a day."""

    staff_number: str
    name: str
    email: str
    department: str
    department_name: str
    department_name_en: str
    parent_department: str
    manager: str
    job_title: str
    level: str
    starts_on: datetime.date | None
    left_on: datetime.date | None
    roles: frozenset[Role]
    name_latin: str
    language: str
    timezone: str
    subject: str

    @property
    def locale(self) -> str:
        """The language, or that of the name."""
        return self.language or ("en" if self.name.isascii() else "zh")


def record_of(cells: Mapping[str, str]) -> DirectoryRecord:
    """What the cells of a row say, by the keys of `COLUMNS`. Raises `CellError` at the first that cannot be."""
    texts = {column.key: _text(cells, column) for column in COLUMNS}
    email, language, zone = texts["email"].lower(), texts["language"].lower(), texts["timezone"]
    if "@" not in email:
        _refuse("email")
    if language not in {"", "zh", "en"}:
        _refuse("language")
    if zone and zone not in available_timezones():
        _refuse("timezone")
    parsed: dict[str, Any] = {"email": email, "language": language, "roles": _roles(texts["roles"])}
    parsed |= {column: _date(texts[column], column) for column in ("starts_on", "left_on")}
    return DirectoryRecord(**{**texts, **parsed})


def _text(cells: Mapping[str, str], column: Column) -> str:
    value = cells.get(column.key, "").strip()
    if column.required and not value:
        raise CellError(column.key, "VALUE_MISSING")
    if len(value) > _LENGTHS.get(column.key, _LONGEST):
        raise CellError(column.key, "VALUE_TOO_LONG")
    return value


def _date(text: str, column: str) -> datetime.date | None:
    if not text:
        return None
    found = _DATE.fullmatch(text)
    if found is None:
        _refuse(column)
    try:
        return datetime.date(*(int(part) for part in found.groups()))
    except ValueError:
        _refuse(column)


def _roles(text: str) -> frozenset[Role]:
    words = [word for word in re.split(r"[\s,，;；、/|]+", text) if word]
    unknown = [word for word in words if folded(word) not in ROLE_WORDS]
    if unknown:
        _refuse("roles")
    return frozenset(ROLE_WORDS[folded(word)] for word in words)


def _refuse(column: str) -> NoReturn:
    raise CellError(column, "VALUE_INVALID")
