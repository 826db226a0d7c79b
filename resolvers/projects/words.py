"""What the machine says of a file besides its values, in the reader's language: contradictions and warnings by code.

The readers of `ml.metrics` write English sentences with figures; those stand for English and for codes without words.
"""

from __future__ import annotations

from collections.abc import Sequence

from db.models.projects.deliverables import Reading
from db.models.projects.rules import RuleFailure

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


RULE_FAILURES = {
    RuleFailure.PROJECT_ENDED: (
        "规则所指的项目已结束；请停用该规则，或另设规则并选择进行中的项目。",
        "The rule's project has ended; disable the rule, or set another one with a project that goes on.",
    ),
    RuleFailure.TEMPLATE_RETIRED: (
        "规则所用的交付物模板已停用；请另设规则并选择在用的模板。",
        "The rule's template is not used any more; set another rule with one that is.",
    ),
    RuleFailure.OWNER_LEFT: (
        "应负责该任务的人员已离职；请另设规则，或为事项指定新的负责人。",
        "Who would own the task has left; set another rule, or give what happened to another owner.",
    ),
    RuleFailure.NOBODY_OWNS: (
        "找不到任务的责任人：该事项没有负责人，或没有关联目标；请补充，或在规则中指定人员。",
        "Nobody owns what it happened to, or it serves no goal; say so there, or name a person in the rule.",
    ),
    RuleFailure.NOBODY_HELPS: (
        "除责任人外没有在职的协作人；请另设规则并指定协作人。",
        "Nobody who is still here helps besides the owner; set another rule that names somebody.",
    ),
    RuleFailure.NO_WORKING_TIME: (
        "工作日历中没有可用的工作日，无法确定截止时间；请检查工作日历。",
        "The calendar has no working days by which the task could be due; check the calendar.",
    ),
    RuleFailure.GOAL_GONE: (
        "规则关联的目标或关键结果已不存在；请另设规则。",
        "The goal or key result is not there any more; set another rule.",
    ),
}


def rule_failure_text(failure: RuleFailure, locale: str) -> str:
    """Why a rule made no task, and what to do (`zh…` is Chinese, everything else English)."""
    chinese, english = RULE_FAILURES[failure]
    return chinese if locale.startswith("zh") else english
