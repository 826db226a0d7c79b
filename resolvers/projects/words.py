"""What the machine says in the reader's language of a file besides its values, of a flag, and of a rule that failed.

The readers of `ml.metrics` write English sentences with figures; those stand for English and for codes without words.
"""

from __future__ import annotations

from collections.abc import Sequence

from db.models.projects.deliverables import Reading
from db.models.projects.rules import RuleFailure
from resolvers.languages import in_language
from resolvers.rules.flags import Reason

CONFLICTS: dict[str, str] = {
    "different_values": "同一指标在文件中有不同的数值：{values}。请核对后更正文件。",
    "percentiles_out_of_order": "分位数的大小顺序不合理：{values}。",
    "average_outside_range": "平均值不在最小值与最大值之间：{values}。",
    "parts_do_not_add_up": "各部分之和与总数不符：{values}。",
    "share_does_not_fit": "比率与数量不符：{values}。",
    "throughput_does_not_fit": "吞吐量、时长与请求总数不符：{values}。",
}
WARNINGS: dict[str, str] = {
    "moments_not_read": "各行是单个时刻的数据，没有一行是结果；请导出本次运行的汇总，或写明其数值。",
    "page_not_read": "有页面没有可用文字，也未能作为图片读取。",
    "pictures_not_read": "有嵌入的图片未能读取。",
    "labels_left_out": "样本的标签过多，只读取了总计；请去掉标签中的编号后重新导出。",
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
        "规则所指的项目已结束；请修改规则，选择进行中的项目，或停用该规则。",
        "The rule's project has ended; edit the rule to use one that goes on, or disable it.",
    ),
    RuleFailure.TEMPLATE_RETIRED: (
        "规则所用的交付物模板已停用；请修改规则，选择在用的模板。",
        "The rule's template is not used any more; edit the rule to use one that is.",
    ),
    RuleFailure.OWNER_LEFT: (
        "应负责该任务的人员已离职；请修改规则，或为事项指定新的负责人。",
        "Who would own the task has left; edit the rule, or give what happened to another owner.",
    ),
    RuleFailure.NOBODY_OWNS: (
        "找不到任务的责任人：该事项没有负责人，或没有关联目标；请补充，或在规则中指定人员。",
        "Nobody owns what it happened to, or it serves no goal; say so there, or name a person in the rule.",
    ),
    RuleFailure.NOBODY_HELPS: (
        "除责任人外没有在职的协作人；请修改规则并指定协作人。",
        "Nobody who is still here helps besides the owner; edit the rule to name somebody.",
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


FLAG_REASONS = {
    Reason.WITHIN_GREEN: ("数值在绿灯范围内。", "The value is within the green bound."),
    Reason.WITHIN_YELLOW: ("数值只在黄灯范围内。", "The value is within the yellow bound only."),
    Reason.BEYOND_YELLOW: ("数值超出黄灯范围。", "The value is beyond the yellow bound."),
    Reason.NO_READING: (
        "文件中没有该指标在此范围内的数值；请补充后重新提交。",
        "The file says nothing of this metric and scope; add it and hand the file in again.",
    ),
    Reason.NOT_A_RESULT: (
        "文件中只有该指标的目标、界限或示例，没有实测结果。",
        "The file has only targets, bounds or examples of it, no result.",
    ),
    Reason.EARLIER_STATE: (
        "文件中只有该指标在基线或旧版本上的数值，而阈值没有指定它们。",
        "The file has it only of a baseline or an earlier version, which the threshold does not name.",
    ),
    Reason.OTHER_UNIT: (
        "有结果的单位与阈值的单位无法换算，不能比较。",
        "A result is in a unit that does not convert to the threshold's, and cannot be compared.",
    ),
    Reason.CONFLICT: (
        "文件中另有数值与它矛盾；请核对后更正文件。",
        "Another place of the file contradicts the value; check both and correct the file.",
    ),
    Reason.TOO_FEW_SAMPLES: (
        "数值依据的样本数少于阈值的要求，或少到该分位数无从谈起（如 P95 少于 59 个、P99 少于 299 个）。",
        "The value rests on fewer measurements than wanted, or than its percentile needs (a p95 59, a p99 299).",
    ),
    Reason.SAMPLES_UNKNOWN: (
        "文件没有说明数值依据多少样本。",
        "The file does not say on how many measurements the value rests.",
    ),
    Reason.UNCONFIRMED: (
        "机器对该数值的读取没有足够把握：请对照原文确认，确认后将重新判定。",
        "The machine is not sure that it read the value right: confirm it against the file, and it is judged anew.",
    ),
}


def flag_reason_text(reason: Reason, locale: str) -> str:
    """Why a value or a deliverable has its flag (`zh…` is Chinese, everything else English)."""
    return in_language(FLAG_REASONS[reason], locale)


def rule_failure_text(failure: RuleFailure, locale: str) -> str:
    """Why a rule made no task, and what to do (`zh…` is Chinese, everything else English)."""
    return in_language(RULE_FAILURES[failure], locale)
