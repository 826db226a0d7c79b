"""What warnings about goals say to a person, in Chinese and English."""

from __future__ import annotations

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
    chinese, english = _WARNINGS[warning.code]
    words = chinese if locale.startswith("zh") else english
    return words.format(count=warning.count, limit=warning.limit, lacking_percent=warning.lacking_percent)
