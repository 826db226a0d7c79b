"""What the machine says of a file besides its values, in the reader's language: contradictions and warnings by code.

The readers of `ml.metrics` write English sentences with figures; those stand for English and for codes without words.
"""

from __future__ import annotations

from collections.abc import Sequence

from db.models.projects.deliverables import Reading

CONFLICTS: dict[str, str] = {
    "different_values": "同一指标在文件中有不同的数值：{values}。请核对后更正文件。",
    "percentiles_out_of_order": "分位数的大小顺序不合理：{values}。",
    "average_outside_range": "平均值不在最小值与最大值之间：{values}。",
    "parts_do_not_add_up": "各部分之和与总数不符：{values}。",
    "share_does_not_fit": "比率与数量不符：{values}。",
    "throughput_does_not_fit": "吞吐量、时长与请求总数不符：{values}。",
}
WARNINGS: dict[str, str] = {
    "page_not_read": "有页面没有可用文字，也未能作为图片读取。",
    "pictures_not_read": "有嵌入的图片未能读取。",
    "rows_left_out": "表格行数过多，只读取了前面的部分。",
    "unknown_format": "XML 不是已知的报告格式，请导出 JUnit XML，或以文本、CSV 导出汇总结果。",
    "number_out_of_range": "有数值超出可保存的范围，未收录。",
}


def conflict_text(code: str, message: str, readings: Sequence[Reading], locale: str) -> str:
    """What contradicts what. `message` is the reader's own sentence."""
    if not locale.startswith("zh") or code not in CONFLICTS:
        return message
    values = "；".join(
        f"{reading.scope} {reading.metric} = {reading.value:f} {reading.unit}".strip() for reading in readings
    )
    return CONFLICTS[code].format(values=values)


def warning_text(code: str, message: str, locale: str) -> str:
    """What was noticed. `message` is the reader's own sentence."""
    return WARNINGS.get(code, message) if locale.startswith("zh") else message
