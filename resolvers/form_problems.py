"""What is wrong with the definition of a form, in Chinese: `ocr.contract.TemplateError` says it in English."""

from __future__ import annotations

import re

_PROBLEMS: tuple[tuple[str, str], ...] = (
    (r"expected an object", "应为对象"),
    (r"expected a text", "应为文字"),
    (r"expected a whole number", "应为整数"),
    (r"expected true or false", "应为 true 或 false"),
    (r"expected a list", "应为列表"),
    (r"expected a list of texts", "应为文字列表"),
    (r"expected a list of (\d+) numbers", r"应为 \1 个数字的列表"),
    (r'expected an object \{"zh": …, "en": …\}', '应为对象 {"zh": …, "en": …}'),
    (r"expected a number as text", "应为以文字表示的数字"),
    (r"must not be empty", "不能为空"),
    (r"must not be negative", "不能为负数"),
    (r"must be above zero", "必须大于零"),
    (r"width and height must be above zero", "宽和高必须大于零"),
    (r"a number is not a length on paper", "有数字不是纸面上的长度"),
    (r"(.+) is not one of (.+)", r"\1 不在可选值之内：\2"),
    (r"(.+) is used twice", r"\1 重复使用"),
    (r"a choice needs tick boxes", "选择项需要勾选框"),
    (r"the form has (\d+) pages", r"表单共有 \1 页"),
    (r"a box lies outside the page", "有区域超出页面"),
    (r"a form asks at least one thing", "表单至少要有一个字段"),
    (r"at most (\d+) fit", r"最多 \1 个"),
    (r"at most (\d+) characters", r"最多 \1 个字符"),
    (
        r"lower-case letters, digits and underscores, a letter first, at most 60",
        "只含小写字母、数字和下划线，以字母开头，最多 60 个字符",
    ),
    (r"only a choice with options is chosen from a list", "只有带选项的选择项才能从列表中选取"),
    (r"only a choice or a score is ticked", "只有选择项和评分项可以勾选"),
    (r"above the maximum", "大于最大值"),
    (r"a share from 0 to 100", "应为 0 到 100 之间的百分比"),
    (r"groups are not repeated, and at most four parts are", "分组不能重复，且最多四处可以重复"),
    (r"not a regular expression", "不是有效的正则表达式"),
)


def in_chinese(problem: str) -> str | None:
    """The words for a problem that is told in English; None for one that has none."""
    for pattern, words in _PROBLEMS:
        found = re.fullmatch(pattern, problem, re.DOTALL)
        if found:
            return found.expand(words) if found.groups() else words
    return None
