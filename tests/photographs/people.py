"""The invented company whose forms are filled in; the demo's company holds the same people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Employee:
    number: str
    name: str
    department: tuple[str, str]
    """In Chinese and in English."""

    @property
    def writes_chinese(self) -> bool:
        return not self.name.isascii()


_RESEARCH = ("研发部", "Research and Development")
_MARKETING = ("市场部", "Marketing")
_OPERATIONS = ("运营部", "Operations")
_PEOPLE = ("人力资源部", "Human Resources")

EMPLOYEES = (
    Employee("T1001", "周明轩", _PEOPLE),
    Employee("T1002", "林思远", _RESEARCH),
    Employee("T1003", "Grace Miller", _MARKETING),
    Employee("T1004", "陈雨桐", _OPERATIONS),
    Employee("T1005", "王立国", _RESEARCH),
    Employee("T1006", "刘晓雯", _RESEARCH),
    Employee("T1007", "赵一鸣", _RESEARCH),
    Employee("T1008", "Daniel Reed", _RESEARCH),
    Employee("T1009", "孙佳宁", _MARKETING),
    Employee("T1010", "黄志强", _OPERATIONS),
    Employee("T1011", "Emily Carter", _MARKETING),
    Employee("T1012", "何静怡", _PEOPLE),
)

REVIEWERS = {
    "T1002": "周明轩",
    "T1003": "孙佳宁",
    "T1005": "林思远",
    "T1006": "王立国",
    "T1007": "王立国",
    "T1008": "王立国",
    "T1011": "Grace Miller",
}
"""Staff number to the name of who reviews; the others are reviewed by `HEAD`."""

HEAD = "周明轩"
