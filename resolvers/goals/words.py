"""What warnings about goals and errors in tables of goals say to a person, in Chinese and English."""

from __future__ import annotations

from resolvers.errors import ErrorCode
from resolvers.languages import in_language
from resolvers.messages import text
from resolvers.reasons import reason_text
from resolvers.rules.guards import GuardCode, GuardWarning

_WARNINGS: dict[GuardCode, tuple[str, str]] = {
    GuardCode.TOO_MANY_OBJECTIVES: (
        "本周期已有 {count} 个目标，建议不超过 {limit} 个。",
        "There are {count} objectives in this cycle; at most {limit} are advised.",
    ),
    GuardCode.TOO_FEW_KEY_RESULTS: (
        "该目标只有 {count} 个关键结果，建议至少 {limit} 个。",
        "This objective has {count} key results; at least {limit} are advised.",
    ),
    GuardCode.TOO_MANY_KEY_RESULTS: (
        "该目标有 {count} 个关键结果，建议不超过 {limit} 个。",
        "This objective has {count} key results; at most {limit} are advised.",
    ),
    GuardCode.TOO_MANY_MEASURES: (
        "本周期共有 {count} 个指标，超过上限 {limit} 个，其中 {lacking_percent}% 没有数据。",
        "There are {count} measures in this cycle, more than the limit of {limit}; {lacking_percent} % lack data.",
    ),
    GuardCode.MEASURE_WITHOUT_SOURCE: (
        "有 {count} 个指标未注明数据来源，请补充。",
        "{count} measures have no data source; say where their values come from.",
    ),
}


def warning_text(warning: GuardWarning, locale: str) -> str:
    """The words for a warning (`zh…` is Chinese, everything else English)."""
    words = in_language(_WARNINGS[warning.code], locale)
    return words.format(count=warning.count, limit=warning.limit, lacking_percent=warning.lacking_percent)


_TABLE_ERRORS: dict[str, tuple[str, str]] = {
    "COLUMN_MISSING": (
        "表头缺少该必填列，请按模板填写。",
        "The header lacks this column, which is needed; use the names of the template.",
    ),
    "FILE_UNREADABLE": (
        "文件无法读取，请另存为 XLSX 或 UTF-8 编码的 CSV 后重新上传。",
        "The file cannot be read; save it as XLSX or as CSV in UTF-8 and send it again.",
    ),
}


def row_error_text(code: str, locale: str) -> str:
    """The words for what is wrong in a table (`zh…` is Chinese, everything else English)."""
    if code in _TABLE_ERRORS:
        return in_language(_TABLE_ERRORS[code], locale)
    if code in ErrorCode.__members__:
        return text(ErrorCode(code), locale)
    return reason_text(code, locale)
