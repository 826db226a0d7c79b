"""Every code has words in both languages, and the words say what to do."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from ocr import contract, template_json
from ocr.contract import Retake
from ocr.pages import PageErrorCode
from resolvers.errors import DomainError, ErrorCode
from resolvers.form_problems import in_chinese
from resolvers.messages import MESSAGES, VALUE_PROBLEMS, message
from resolvers.reasons import REASONS, reason_text
from resolvers.rules import templates
from resolvers.rules.values import ValueProblem


def test_every_code_has_words() -> None:
    assert set(MESSAGES) == set(ErrorCode)
    assert set(VALUE_PROBLEMS) == set(ValueProblem)
    for chinese, english in [*MESSAGES.values(), *VALUE_PROBLEMS.values(), *REASONS.values()]:
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese)
        assert chinese.endswith("。")
        assert english.isascii()
        assert english.endswith(".")
        assert _parameters(chinese) == _parameters(english)


def _parameters(words: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def test_whatever_a_reading_can_end_in_has_words() -> None:
    assert {reason.value for reason in Retake} <= REASONS.keys()
    assert {code.value for code in PageErrorCode} <= REASONS.keys()
    assert {"duplicate", "rejected", "template_unknown", "newer_picture", "worker_lost"} <= REASONS.keys()


def test_reason_text() -> None:
    assert reason_text("blurred", "zh-CN") == "照片模糊，请拿稳手机、对焦后重拍。"
    assert reason_text("blurred", "en") == "The picture is blurred; hold still, focus and take it again."
    assert reason_text("never_heard_of", "en").startswith("The work failed; send it again")


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh", "该字段的值不符合表单要求。可选值：A, B, C, D。"),
        ("en", "The value does not fit what the form asks for. Choose one of: A, B, C, D."),
    ],
)
def test_an_invalid_value_says_what_would_fit(locale: str, words: str) -> None:
    error = DomainError(ErrorCode.FIELD_INVALID, problem=ValueProblem.NOT_AN_OPTION, expected="A, B, C, D")
    assert message(error, locale) == words


def test_every_problem_of_a_form_has_words_in_chinese() -> None:
    """Each literal after which a `TemplateError` is raised, with an example in the place of what it names."""
    problems: set[str] = set()
    for source in (contract.__file__, template_json.__file__, templates.__file__):
        for literal in re.findall(r'TemplateError\(f?"([^"]+)"', Path(source).read_text()):
            problems.add(re.sub(r"\{[^{}]*\}", "7", literal.partition(": ")[2]))
        kinds = re.findall(r"self\._get\(name, .*?, f?(?:\"([^\"]+)\"|'([^']+)')\)", Path(source).read_text())
        problems |= {f"expected {re.sub('{count}', '4', one or other)}" for one, other in kinds}
    problems.discard("expected 7")  # what is expected follows
    assert len(problems) > 25
    for problem in problems:
        words = in_chinese(problem)
        assert words is not None, problem
        assert any("\u4e00" <= character <= "\u9fff" for character in words)


def test_an_invalid_form_says_where_and_what() -> None:
    error = DomainError(ErrorCode.FORM_INVALID, place="template.fields[2].role", problem="'boss' is not one of a, b")
    assert message(error, "zh") == "表单定义在 template.fields[2].role 处无效：'boss' 不在可选值之内：a, b。"
    assert message(error, "en").endswith("not valid at template.fields[2].role: 'boss' is not one of a, b.")
