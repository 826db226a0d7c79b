"""Goals as rows of a table: the columns that imports understand and exports write, in Chinese and English.

A row with a title is a goal; its measure columns hold the goal's first measure. A row without a title and code adds
one more measure to the goal above it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from db.models.goals import DataSource, Direction, GoalKind, GoalLevel, GoalVisibility

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, the names it may have in a header, and what belongs there."""

    key: str
    name_zh: str
    name_en: str
    help_zh: str
    help_en: str
    required: bool = False


COLUMNS = (
    Column(
        "code", "编号", "Code", "周期内唯一，如 O1；供上级编号引用。", "Unique in the cycle: O1; parents refer to it."
    ),
    Column("title", "目标", "Title", "必填，最多 300 字。", "Needed; at most 300 characters.", required=True),
    Column("kind", "类型", "Kind", "目标 / KPI / GS / 关键任务，默认为目标。", "Objective, KPI, GS or key task."),
    Column(
        "level", "层级", "Level", "组织 / 部门 / 个人，默认为个人。", "Organization, department or person (default)."
    ),
    Column("owner", "责任人工号", "Owner", "个人目标必填。", "Staff number; needed for a person's goal."),
    Column("department", "部门编码", "Department", "部门目标必填。", "Code; needed for a department's goal."),
    Column(
        "parent", "上级编号", "Parent", "本文件或系统中目标的编号。", "Code of a goal in this file or in the system."
    ),
    Column("weight", "权重", "Weight", "百分数 0–100。", "Percent, 0 to 100."),
    Column("hours", "工时", "Hours", "计划工时。", "Planned hours."),
    Column(
        "visibility",
        "可见范围",
        "Visibility",
        "全员 / 上下级 / 仅上级，默认为全员。",
        "Organization (default), line or private.",
    ),
    Column("description", "说明", "Description", "最多 5000 字。", "At most 5,000 characters."),
    Column(
        "measure",
        "衡量标准",
        "Measure",
        "每行一个，多个另起一行并将目标留空。",
        "One a row; for more leave code and title empty.",
    ),
    Column("unit", "单位", "Unit", "如 %、天。", "Such as % or days."),
    Column(
        "direction",
        "方向",
        "Direction",
        "提高 / 降低 / 保持，默认为提高。",
        "Increase (default), decrease or keep within.",
    ),
    Column("start", "起点", "Start", "现状数值。", "Where it stands."),
    Column("target", "目标值", "Target", "提高或降低到的数值。", "Where it is to go."),
    Column("low", "下限", "Low", "保持范围的下限。", "Lower bound of a range."),
    Column("high", "上限", "High", "保持范围的上限。", "Upper bound of a range."),
    Column(
        "measure_weight", "指标权重", "Measure weight", "百分数，合计 100。", "Percent within the goal, totalling 100."
    ),
    Column(
        "data_source", "数据来源", "Data source", "手工 / 接口 / 交付物 / 事件。", "Manual, feed, deliverable or event."
    ),
)

_WORDS: dict[type[StrEnum], Mapping[str, StrEnum]] = {
    GoalKind: {
        "目标": GoalKind.OBJECTIVE,
        "objective": GoalKind.OBJECTIVE,
        "okr": GoalKind.OBJECTIVE,
        "kpi": GoalKind.KPI,
        "gs": GoalKind.GS,
        "关键任务": GoalKind.KEY_TASK,
        "重点任务": GoalKind.KEY_TASK,
        "keytask": GoalKind.KEY_TASK,
    },
    GoalLevel: {
        "组织": GoalLevel.ORGANIZATION,
        "公司": GoalLevel.ORGANIZATION,
        "organization": GoalLevel.ORGANIZATION,
        "organisation": GoalLevel.ORGANIZATION,
        "company": GoalLevel.ORGANIZATION,
        "部门": GoalLevel.DEPARTMENT,
        "department": GoalLevel.DEPARTMENT,
        "个人": GoalLevel.PERSON,
        "员工": GoalLevel.PERSON,
        "person": GoalLevel.PERSON,
        "individual": GoalLevel.PERSON,
    },
    GoalVisibility: {
        "全员": GoalVisibility.ORGANIZATION,
        "公开": GoalVisibility.ORGANIZATION,
        "organization": GoalVisibility.ORGANIZATION,
        "organisation": GoalVisibility.ORGANIZATION,
        "public": GoalVisibility.ORGANIZATION,
        "上下级": GoalVisibility.LINE,
        "line": GoalVisibility.LINE,
        "仅上级": GoalVisibility.PRIVATE,
        "私密": GoalVisibility.PRIVATE,
        "private": GoalVisibility.PRIVATE,
    },
    Direction: {
        "提高": Direction.INCREASE,
        "增加": Direction.INCREASE,
        "increase": Direction.INCREASE,
        "up": Direction.INCREASE,
        "降低": Direction.DECREASE,
        "减少": Direction.DECREASE,
        "decrease": Direction.DECREASE,
        "down": Direction.DECREASE,
        "保持": Direction.KEEP_WITHIN,
        "keepwithin": Direction.KEEP_WITHIN,
        "range": Direction.KEEP_WITHIN,
    },
    DataSource: {
        "手工": DataSource.MANUAL,
        "人工": DataSource.MANUAL,
        "manual": DataSource.MANUAL,
        "接口": DataSource.FEED,
        "系统": DataSource.FEED,
        "feed": DataSource.FEED,
        "交付物": DataSource.DELIVERABLE,
        "deliverable": DataSource.DELIVERABLE,
        "事件": DataSource.EVENT,
        "event": DataSource.EVENT,
    },
}

_PLAIN_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?%?")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


class HeaderError(ValueError):
    """The first row names no column that is needed; `key` is the missing one."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def header(locale: str) -> list[str]:
    """The first row of an export."""
    return [column.name_zh if locale.startswith("zh") else column.name_en for column in COLUMNS]


def help_rows(locale: str) -> list[list[str]]:
    """What belongs into each column, for the second sheet of an export."""
    chinese = locale.startswith("zh")
    return [[column.name_zh, column.help_zh] if chinese else [column.name_en, column.help_en] for column in COLUMNS]


def read_header(row: Sequence[str], columns: Sequence[Column] = COLUMNS) -> dict[str, int]:
    """Where each known column stands, by the names of either language or the key; unknown columns are passed over.

    Raises `HeaderError` when a needed column is missing.
    """
    places: dict[str, int] = {}
    for index, name in enumerate(row):
        for column in columns:
            known = {folded(column.key), folded(column.name_zh), folded(column.name_en)}
            if folded(name) in known:
                places.setdefault(column.key, index)
    for column in columns:
        if column.required and column.key not in places:
            raise HeaderError(column.key)
    return places


def word(kind: type[E], text: str) -> E | None:
    """The member that the words mean, in either language; None when they mean none."""
    found = _WORDS[kind].get(folded(text)) or kind.__members__.get(text.strip().upper())
    return found if isinstance(found, kind) else None


def first_word(member: StrEnum) -> str:
    """The Chinese word that stands for a member in an export."""
    return next(text for text, meant in _WORDS[type(member)].items() if meant is member)


def folded(text: str) -> str:
    """A word without what does not matter: width, case, spaces and signs."""
    return re.sub(r"[\s_\-*（）()：:]+", "", unicodedata.normalize("NFKC", text)).casefold()


def safe_cell(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: an apostrophe before what could be one."""
    return "'" + text if text.startswith(_DANGEROUS) and not _PLAIN_NUMBER.fullmatch(text) else text


def plain_cell(text: str) -> str:
    """A cell as it was before `safe_cell`, without white space around it."""
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_DANGEROUS) else text
