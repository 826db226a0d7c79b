"""Tables that count: errors by type, defects by severity."""

from __future__ import annotations

import re
from dataclasses import replace

from ml.metrics import vocabulary
from ml.metrics.cells import INDEX_HEADER
from ml.metrics.contract import Metric
from ml.metrics.grid import Grid
from ml.metrics.units import COUNT, SHARE, TIME, Unit, without_unit
from ml.metrics.values import Context, build, settle

_SEVERITY_HEADER = re.compile(
    r"严重(?:程度|级别|等级)|级别|等级|优先级|缺陷(?:类型|级别|状态)|\b(?:severity|priority|level)\b", re.IGNORECASE
)
_COUNT_HEADER = re.compile(
    r"^(?:数量|个数|次数|总数|缺陷数量?|bug数量?|问题数量?|数目|合计|出现次数|发生次数"
    r"|错误(?:数量?|次数)|count|number|total|amount|occurrences|times|#|qty|num(?:ber)? of errors"
    r"|errors|bugs?|defects?|# ?occurrences)$",
    re.IGNORECASE,
)
_ERROR_HEADER = re.compile(
    r"错误(?:类型|信息|原因|码|描述|分类|名称)|异常(?:类型|信息|名称)|失败(?:类型|原因)"
    r"|(?:响应|状态|返回)码|\b(?:error(?:[ _-]?(?:type|message|code|class))?|type of error"
    r"|exception(?: type)?|(?:status|response|http)[ _-]?(?:code|status)|failure(?: reason"
    r"| type)?)\b$",
    re.IGNORECASE,
)
_TOTAL_HEADER = re.compile(r"(?:缺陷|bug)?(?:总数|合计|小计|总计|数量)|total|sum", re.IGNORECASE)
_DEFECT_WORDS = re.compile(r"缺陷|bug|defect", re.IGNORECASE)


def read_counts(grid: Grid, context: Context) -> list[Metric]:
    """Errors by type, or defects by class, one a row or one a column; nothing when the table counts neither."""
    staged = _stages(grid, context)
    if staged:
        return staged
    heads = grid.texts[0]
    classes = {at: grade for at, head in enumerate(heads) if (grade := vocabulary.severity(head))}
    if any(head.endswith(":") for head in heads):
        return []  # "Priority: | Medium | Resolution: | Unresolved": one defect's own form
    if len(classes) >= 2 and grid.height >= 2 and _DEFECT_WORDS.search(" ".join((*heads, grid.caption, context.about))):
        return _classes_as_columns(grid, classes, context)
    counts = [at for at, head in enumerate(heads) if _COUNT_HEADER.match(without_unit(head))]
    if len(counts) != 1 or grid.height < 2:
        return []
    count = counts[0]
    errors = [at for at, head in enumerate(heads) if at != count and _ERROR_HEADER.search(head)]
    grades = [at for at, head in enumerate(heads) if at != count and _SEVERITY_HEADER.search(head)]
    defects = _DEFECT_WORDS.search(" ".join((*heads, grid.caption, context.about))) is not None
    if not grades and defects:
        graded = [vocabulary.severity(grid.texts[row][0]) for row in range(1, grid.height)]
        grades = [0] if sum(grade is not None for grade in graded) * 2 > len(graded) and count != 0 else []
    named_before = bool(grades) and any(not INDEX_HEADER.match(head) for head in heads[: grades[0]])
    if named_before and not defects and not errors:
        return []  # "duplicated code | 32 places | low": what is counted has a priority and is no defect
    found: list[Metric] = []
    for row in range(1, grid.height):
        quantity = grid.numbers[row][count]
        if quantity is None or (quantity.unit is not None and quantity.unit.dimension in (SHARE, TIME)):
            continue
        if grades:
            name = grid.texts[row][grades[0]]
            grade = vocabulary.severity(name)
            metric = f"defects_{grade}" if grade else "defects_total" if vocabulary.is_overall(name) else ""
            scope = ""
        elif errors:
            name = " ".join(dict.fromkeys(grid.texts[row][at] for at in errors if grid.texts[row][at]))
            if re.fullmatch(r"[123]\d\d(?: .*)?", name) or not name:
                continue
            metric, scope = ("requests_failed", "") if vocabulary.is_overall(name) else ("error_count", name)
        else:
            return []
        if not metric:
            continue
        settled = settle(metric, "", replace(quantity, unit=Unit("event", COUNT)), None)
        if settled is not None:
            cell = grid.cells[row][count]
            found.append(
                build(
                    settled, scope=scope, kind=context.merge_kind(None), raw=grid.texts[row][count], where=cell.where,
                    method="table", confidence=0.9 * cell.confidence, snippet=" | ".join(filter(None, grid.texts[row])),
                )
            )  # fmt: skip
    return found


_STAGES = (
    (
        "",
        re.compile(
            r"^(?:提交|新增|新建|创建|登记|发现|提出|上报|总数|数量|合计|总计|found|created|logged|reported|opened|new|raised|total|count)数?$",
            re.IGNORECASE,
        ),
    ),
    ("defects_fixed", re.compile(r"^(?:已?(?:修复|解决|关闭)|fixed|resolved|closed)数?$", re.IGNORECASE)),
    (
        "defects_open",
        re.compile(
            r"^(?:遗留|未(?:修复|解决|关闭)|剩余|open|remaining|left|unresolved|open ?/ ?deferred)数?$", re.IGNORECASE
        ),
    ),
)
"""Columns of a table of defects by severity: what was found, what became of it. The first names the severity's own."""


def _stages(grid: Grid, context: Context) -> list[Metric]:
    """Defects by severity with a column each for found, fixed and left; nothing for a table of another shape."""
    heads = [without_unit(head) for head in grid.texts[0]]
    columns = {
        at: metric for at, head in enumerate(heads) for metric, words in _STAGES if at > 0 and words.fullmatch(head)
    }
    if len(set(columns.values())) < 2 or list(columns.values()).count("") != 1:
        return []
    grades = [vocabulary.severity(grid.texts[row][0]) for row in range(1, grid.height)]
    if sum(grade is not None for grade in grades) < 2:
        return []
    found: list[Metric] = []
    for row, grade in enumerate(grades, start=1):
        name = grid.texts[row][0]
        whole = vocabulary.is_overall(name)
        if grade is None and not whole:
            continue
        for at, metric in columns.items():
            quantity = grid.numbers[row][at]
            own = metric or ("defects_total" if whole else f"defects_{grade}")
            settled = settle(own, "", replace(quantity, unit=Unit("event", COUNT)), None) if quantity else None
            if settled is not None:
                cell = grid.cells[row][at]
                found.append(
                    build(
                        settled, scope="" if whole or not metric else name, kind=context.merge_kind(None),
                        raw=grid.texts[row][at], where=cell.where, method="table", confidence=0.9 * cell.confidence,
                        snippet=grid.snippet(row),
                    )
                )  # fmt: skip
    return found


_SHARE_ROW = re.compile(r"百分比|占比|比例|[率%]|percent|share|ratio", re.IGNORECASE)


def _classes_as_columns(grid: Grid, classes: dict[int, str], context: Context) -> list[Metric]:
    columns = {at: f"defects_{grade}" for at, grade in classes.items()}
    columns |= {
        at: "defects_total"
        for at, head in enumerate(grid.texts[0])
        if at > 0 and at not in columns and (vocabulary.is_overall(head) or _TOTAL_HEADER.match(head)) and head
    }
    found: list[Metric] = []
    for row in range(1, grid.height):
        if _SHARE_ROW.search(grid.texts[row][0]):
            continue
        for at, metric in columns.items():
            quantity = grid.numbers[row][at]
            if quantity is None or (quantity.unit is not None and quantity.unit.dimension != COUNT):
                continue
            settled = settle(metric, "", quantity, None)
            if settled is not None:
                cell = grid.cells[row][at]
                found.append(
                    build(
                        settled, scope=grid.texts[row][0], kind=context.merge_kind(None), raw=grid.texts[row][at],
                        where=cell.where, method="table", confidence=0.9 * cell.confidence, snippet=grid.snippet(row),
                    )
                )  # fmt: skip
    return found


def read_classes_below(grid: Grid, column: int, context: Context) -> list[Metric]:
    """Rows named by a class alone ("High severity", "Closed") below a row about defects, in a table of many things."""
    found: list[Metric] = []
    below = False
    for row in range(grid.height):
        at = next((at for at in range(column + 1, grid.width) if grid.numbers[row][at] is not None), None)
        quantity = grid.numbers[row][at] if at is not None else None
        grade = vocabulary.severity(grid.texts[row][column])
        about_defects = _DEFECT_WORDS.search(grid.snippet(row)) is not None
        if grade is None and (quantity is not None or about_defects):
            below = about_defects
        if grade is None or not below or at is None or quantity is None:
            continue
        settled = settle(f"defects_{grade}", "", quantity, None) if quantity.unit is None else None
        if settled is not None:
            cell = grid.cells[row][at]
            found.append(
                build(
                    settled, scope="", kind=context.merge_kind(None), raw=grid.texts[row][at], where=cell.where,
                    method="table", confidence=0.9 * cell.confidence, snippet=grid.snippet(row),
                )
            )  # fmt: skip
    return found
