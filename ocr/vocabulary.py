"""What the labels of staff forms are called in Chinese and English, and what stands behind them.

A label that is known here gives a proposed field its key, its name in the other language, its type and its use; on a
picture without any template it is what a value is looked for beside. A label that is not known is a text field.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from ocr.contract import FieldType, Words

_T = FieldType


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that forms ask for. The first name of each language is the one that is shown."""

    key: str
    type: FieldType
    zh: tuple[str, ...]
    en: tuple[str, ...]
    role: str | None = None

    @property
    def words(self) -> Words:
        return Words(self.zh[0], self.en[0])


TERMS = (
    Term(
        "employee_name",
        _T.PERSON,
        (
            "姓名",
            "员工姓名",
            "被考核人",
            "被评价人",
            "被考核人姓名",
            "被评估人",
            "被考评人",
            "员工",
            "受评人",
            "受考核人",
            "面谈对象",
        ),
        ("Name", "Employee name", "Employee", "Full name", "Name of employee", "Staff name", "Team member", "Reviewee"),
        "subject_name",
    ),
    Term(
        "staff_number",
        _T.TEXT,
        ("工号", "员工编号", "员工号", "职工号", "人员编号", "员工工号", "编号"),
        ("Staff number", "Employee ID", "Employee number", "Staff no", "Employee no", "Staff ID", "ID no", "Badge no"),
        "subject_staff_number",
    ),
    Term(
        "department",
        _T.TEXT,
        ("部门", "所属部门", "所在部门", "部门名称", "单位", "科室", "所属单位", "用人部门"),
        ("Department", "Dept", "Division", "Unit", "Team"),
        "department",
    ),
    Term(
        "period",
        _T.TEXT,
        (
            "考核周期",
            "考核期间",
            "评估周期",
            "评价周期",
            "考核期",
            "周期",
            "考核时间",
            "考核季度",
            "评价期间",
            "考核月份",
        ),
        ("Period", "Review period", "Appraisal period", "Assessment period", "Evaluation period", "Cycle", "Quarter"),
        "period",
    ),
    Term(
        "reviewer",
        _T.PERSON,
        (
            "考核人",
            "评价人",
            "主管姓名",
            "直接上级",
            "直属上级",
            "主管",
            "考评人",
            "评估人",
            "上级姓名",
            "部门负责人",
            "部门主管",
            "上级主管",
        ),
        (
            "Reviewer",
            "Supervisor",
            "Manager",
            "Reviewed by",
            "Line manager",
            "Appraiser",
            "Supervisor name",
            "Manager name",
            "Evaluator",
        ),
        "reviewer",
    ),
    Term(
        "grade",
        _T.TEXT,
        ("等级", "考核等级", "绩效等级", "综合等级", "评定等级", "总体评价", "综合评价", "总评", "考核结果"),
        ("Grade", "Overall rating", "Overall grade", "Final grade", "Overall", "Performance grade", "Final rating"),
        "grade",
    ),
    Term(
        "signed_on",
        _T.DATE,
        ("日期", "签字日期", "签名日期", "填表日期", "填写日期", "评价日期", "考核日期"),
        ("Date", "Date signed", "Signed on", "Date of review", "Review date"),
        "signed_on",
    ),
    Term(
        "signature",
        _T.SIGNATURE,
        (
            "签名",
            "签字",
            "签章",
            "本人签字",
            "员工签字",
            "员工签名",
            "主管签字",
            "主管签名",
            "考核人签字",
            "被考核人签字",
            "领导签字",
        ),
        ("Signature", "Sign", "Signed", "Employee signature", "Manager signature", "Supervisor signature"),
    ),
    Term(
        "position",
        _T.TEXT,
        ("岗位", "职位", "职务", "岗位名称", "职称"),
        ("Position", "Job title", "Title", "Role", "Post"),
    ),
    Term("job_level", _T.TEXT, ("职级", "岗级"), ("Job level", "Level", "Job grade")),
    Term(
        "hired_on", _T.DATE, ("入职日期", "入职时间", "到岗日期"), ("Date of hire", "Hire date", "Start date", "Joined")
    ),
    Term("gender", _T.TEXT, ("性别",), ("Gender", "Sex")),
    Term(
        "phone", _T.TEXT, ("电话", "联系电话", "手机", "手机号码"), ("Phone", "Telephone", "Mobile", "Contact number")
    ),
    Term("email", _T.TEXT, ("邮箱", "电子邮箱", "电子邮件"), ("Email", "E-mail", "Email address")),
    Term(
        "total_score",
        _T.NUMBER,
        ("总分", "合计", "总得分", "得分合计", "综合得分", "总计"),
        ("Total", "Total score", "Overall score", "Sum"),
    ),
    Term(
        "score",
        _T.NUMBER,
        ("得分", "评分", "分数", "自评分", "上级评分", "考核得分"),
        ("Score", "Rating", "Points", "Mark"),
    ),
    Term("weight", _T.NUMBER, ("权重",), ("Weight",)),
    Term(
        "key_achievements",
        _T.LONG_TEXT,
        (
            "主要业绩",
            "工作业绩",
            "主要工作",
            "工作总结",
            "主要成绩",
            "重点工作",
            "本期工作完成情况",
            "业绩总结",
            "工作亮点",
        ),
        ("Key achievements", "Achievements", "Accomplishments", "Main results", "Strengths"),
    ),
    Term(
        "improvements",
        _T.LONG_TEXT,
        ("待改进", "改进建议", "不足之处", "待改进之处", "改进方向", "存在问题", "需改进之处", "不足"),
        ("Improvements", "Areas for improvement", "Areas to improve", "Development needs", "To improve"),
    ),
    Term(
        "next_goals",
        _T.LONG_TEXT,
        ("下期目标", "下季度目标", "下阶段目标", "工作计划", "下一步计划", "下季度计划", "下期计划"),
        ("Next goals", "Goals for next period", "Next steps", "Objectives", "Goals", "Goals for next quarter"),
    ),
    Term(
        "comments",
        _T.LONG_TEXT,
        (
            "评语",
            "意见",
            "备注",
            "主管意见",
            "领导意见",
            "主管评语",
            "说明",
            "员工意见",
            "考核评语",
            "上级评语",
            "部门意见",
        ),
        ("Comments", "Remarks", "Notes", "Comment", "Manager comments", "Employee comments", "Overall comments"),
    ),
)

SCALES = (
    ("优秀", "优", "excellent", "outstanding", "exceptional"),
    ("良好", "良", "好", "较好", "很好", "good", "verygood", "vgood"),
    ("中等", "中", "一般", "average", "fair", "satisfactory"),
    ("合格", "及格", "称职", "基本合格", "基本称职", "acceptable", "adequate", "marginal", "developing"),
    ("较差", "差", "不合格", "不称职", "poor", "unsatisfactory", "needsimprovement"),
    ("非常满意", "满意", "较满意", "基本满意", "不满意", "非常不满意", "verysatisfied", "satisfied", "dissatisfied"),
    ("非常同意", "同意", "不同意", "中立", "stronglyagree", "agree", "neutral", "disagree", "stronglydisagree"),
    ("是", "否", "有", "无", "yes", "no", "男", "女", "male", "female", "通过", "不通过", "sim", "nao", "na", "不适用"),
    ("超出预期", "符合预期", "达到预期", "低于预期", "exceeds", "meets", "below"),
    ("exceedsexpectations", "meetsexpectations", "belowexpectations"),
    ("高", "低", "high", "medium", "low"),
    ("always", "often", "sometimes", "rarely", "never", "总是", "经常", "有时", "很少", "从不"),
)
"""Words that head a column of ticks."""
_SCALE_WORDS = frozenset(word for words in SCALES for word in words)
_GRADE = re.compile(r"(?:[sabcdef][+-]?|l?[0-9]|10)(?:分|级|points?)?")

_ENDINGS = (
    (FieldType.SIGNATURE, ("签名", "签字", "签章", "签收", "signature", "sign", "signed")),
    (FieldType.DATE, ("日期", "date", "年月日")),
    (
        FieldType.NUMBER,
        (
            "得分",
            "评分",
            "分数",
            "分值",
            "score",
            "points",
            "自评",
            "互评",
            "人数",
            "天数",
            "次数",
            "金额",
            "数量",
            "小计",
            "合计",
            "days",
            "hours",
            "amount",
        ),
    ),
    (FieldType.PERSON, ("姓名", "人", "name", "manager", "supervisor")),
    (FieldType.LONG_TEXT, ("评语", "意见", "总结", "描述", "建议", "comments", "remarks", "summary", "description")),
)
"""What a label ends with that is not known as a whole."""


_NUMBERED = re.compile(r"^\s*(?:[(（]?\d{1,2}[.．、)）]\s*(?!\d)|\d{1,2}\.\d{1,2}\s+|[一二三四五六七八九十]{1,2}、\s*)")
_DATE_OF = re.compile(r"(?i)date\s?of\b")


def letters(text: str) -> str:
    """Letters and digits after NFKC, in lower case: what labels are compared by."""
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())


def term_of(label: str) -> Term | None:
    """The term that a label names in either language, alone or in both together ("姓名 Name"); None when unknown."""
    whole = letters(_without_notes(label))
    known = _by_letters()
    if whole in known:
        return known[whole]
    chinese, latin = split_languages(_without_notes(label))
    found = {known[part] for part in (letters(chinese), letters(latin)) if part in known}
    return found.pop() if len(found) == 1 and chinese and latin else None


def type_of(label: str) -> FieldType:
    """What a label asks for, by the term it names or by how it ends; `TEXT` when nothing tells."""
    term = term_of(label)
    if term is not None:
        return term.type
    chinese, latin = split_languages(_without_notes(label))
    plain = letters(chinese)
    for kind, endings in _ENDINGS:
        if plain and plain.endswith(endings):
            return kind
    if latin and _DATE_OF.match(latin):
        return FieldType.DATE
    last = _last_words(latin)
    return next((kind for kind, endings in _ENDINGS if last.intersection(endings)), FieldType.TEXT)


def _last_words(latin: str) -> set[str]:
    """What a label ends with as a whole word, also where two words were read as one ("InterviewDate")."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", latin)
    return {words[-1].casefold()} if words else set()


def heads_ticks(label: str) -> bool:
    """Whether a column with this heading is one to tick: a word of a scale, a grade or a number."""
    return all(
        letters(part) in _SCALE_WORDS or _GRADE.fullmatch(letters(part)) is not None
        for part in (split_languages(label) if all(split_languages(label)) else (label,))
    )


def split_languages(text: str) -> tuple[str, str]:
    """The Chinese and the Latin part of a label; one of them empty when it is in one language.

    Figures and signs go with the language around them, so "Q3目标" stays Chinese unless English words stand there too.
    """
    chinese = "".join(re.findall(r"[\u3400-\u9fff][\u3400-\u9fff\d%、，（）()·/]*", text)).strip()
    latin_words = re.findall(r"[A-Za-z][A-Za-z'’&./-]+(?:\s+[A-Za-z'’&./-]+)*", text)
    latin = " ".join(latin_words).strip(" /-.")
    if not chinese:
        return "", text.strip()
    if len(letters(latin)) < 3:
        return text.strip(), ""
    return chinese.strip("（）()、，·/ "), latin


def unnumbered(label: str) -> str:
    """A label without the number before it, such as "2." or "三、" or "4.1"."""
    rest = _NUMBERED.sub("", label)
    return rest if any(character.isalpha() for character in rest) else label


def _without_notes(label: str) -> str:
    """A label without its number, and without what stands in brackets after it, such as "(1-5)" or "（必填）"."""
    label = unnumbered(label)
    bare = re.sub(r"[（(][^（()）]*[)）]\s*[:：]?\s*$", "", label).strip()
    return bare if letters(bare) else label


@cache
def _by_letters() -> dict[str, Term]:
    return {letters(name): term for term in TERMS for name in (*term.zh, *term.en)}
