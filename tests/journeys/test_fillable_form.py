"""A PDF to fill in on screen: from the blank with form fields to a confirmed review, through GraphQL alone."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from db.settings import Settings
from tests.company_forms.first import bordered_chinese
from tests.conftest import MakeSettings
from tests.fillable import ACROBAT, SIMPLE, Entry, Fillable
from tests.journeys.conftest import Company, Product
from tests.journeys.test_company_form import HR, MANAGER, PUBLISH, SUBJECT, UPLOAD, confirm, register
from workers.process import WorkerProcess

pytestmark = pytest.mark.fonts

DOCUMENT = """
query($id: ID!) { node(id: $id) { ... on IntakeDocument {
  status version warnings matchedBy template { key version } subject { staffNumber } cycle { key }
  fields { key value rawText source status confidence parts { recognition registration format } cropUrl
    notices { code } } } } }
"""
DEPARTMENTS = {"部门": [("", "请选择"), ("研发部", "研发部"), ("hr", "人事部")]}
WRITTEN: dict[str, str | Entry] = {
    "姓名": "刘晓雯", "工号": "T1006", "部门": "研发部", "岗位": "工程师", "考核周期": "2026Q3", "直接上级": "王立国",
    "工作业绩": "4", "工作质量": "5", "团队协作": Entry("3", drawn="8"), "学习成长": "4", "综合等级": "良好",
    "主要业绩": "按期完成网关改造\n延迟下降 38%", "主管签字": "王立国", "日期": "2026-10-09",
}  # fmt: skip


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """One database is enough here: what is read does not depend on it."""
    return make_settings("sqlite")


def test_a_pdf_with_form_fields(product: Product, company: Company, worker: WorkerProcess) -> None:
    blank = bordered_chinese()
    standing = register(
        product, company, "screen-review", "空白.pdf", Fillable(blank, ACROBAT, lists=DEPARTMENTS).pdf()
    )
    assert (standing["status"], standing["notes"]) == ("READY", [])
    by_label = dict(zip([asked.label for asked in blank.asked], standing["definition"]["fields"], strict=True))
    assert {label: (field["type"], field["pdf_field"]) for label, field in by_label.items()} == {
        asked.label: (
            "choice" if asked.label == "部门" else asked.type.value,
            f"form1[0].#subform[0].Text{number}[0]",
        )
        for number, asked in enumerate(blank.asked, start=1)
    }
    assert [(option["value"], option["pdf_state"]) for option in by_label["部门"]["options"]] == [
        ("研发部", "研发部"),
        ("hr", "hr"),
    ]
    assert [(option["value"], option["pdf_state"]) for option in by_label["综合等级"]["options"]] == [
        ("优秀", "0"),
        ("良好", "1"),
        ("合格", "2"),
        ("不合格", "3"),
    ]
    published = product.data(company.viewer(HR), PUBLISH, {"input": {"id": standing["id"]}})["publishFormDraft"]
    assert published["errors"] == []

    document = read(product, company, Fillable(blank, ACROBAT, WRITTEN, DEPARTMENTS).pdf())
    assert (document["status"], document["template"]) == ("NEEDS_REVIEW", {"key": "screen-review", "version": 1})
    assert (document["subject"], document["cycle"]) == ({"staffNumber": SUBJECT}, {"key": "2026Q3"})
    keys = {field["key"]: label for label, field in by_label.items()}
    truth = {
        key: value.value if isinstance(value := WRITTEN.get(label), Entry) else value for key, label in keys.items()
    }
    truth |= {"signature": "present"}
    assert {field["key"]: field["value"] for field in document["fields"]} == truth
    assert {field["source"] for field in document["fields"]} == {"FORM_FIELD"}
    doubted = by_label["团队协作"]["key"]
    for field in document["fields"]:
        expected = "LOW_CONFIDENCE" if field["key"] == doubted else "EMPTY" if truth[field["key"]] is None else "READ"
        assert (field["status"], field["parts"]["registration"]) == (expected, 1.0), field
        assert (field["parts"]["recognition"] is None) == (field["key"] != doubted)
        with Image.open(io.BytesIO(product.http.get(field["cropUrl"]).content)) as crop:
            assert crop.format == "JPEG"
    (conflict,) = (field for field in document["fields"] if field["key"] == doubted)
    assert [notice["code"] for notice in conflict["notices"]] == ["form_field_conflict"]
    review = confirm(product, company, document, truth)
    # (40 x 4 + 30 x 5 + 20 x 3 + 10 x 4) / 100
    assert (review["score"], review["grade"], review["status"]) == ("4.1", "良好", "CONFIRMED")

    # The same print with other names and single boxes: their places speak for the fields, and nothing is sure.
    other = read(product, company, Fillable(blank, SIMPLE, WRITTEN | {"部门": "研发部"}).pdf())
    assert (other["status"], other["template"]) == ("NEEDS_REVIEW", {"key": "screen-review", "version": 1})
    held = [field for field in other["fields"] if field["value"] is not None]
    assert {field["key"]: field["value"] for field in held} == {key: value for key, value in truth.items() if value}
    assert {(field["status"], field["confidence"]) for field in held} == {("LOW_CONFIDENCE", 0.8)}


def read(product: Product, company: Company, content: bytes) -> dict[str, Any]:
    """Hand a PDF in without naming a form, wait, and return the document."""
    answer = product.upload(
        company.viewer(MANAGER), UPLOAD, {"file": None}, {"variables.file": ("filled.pdf", content)}
    ).json()
    (document,) = answer["data"]["uploadIntakeDocument"]["documents"]
    assert product.progress(company.viewer(MANAGER), document["job"]["id"])[-1]["state"] == "DONE"
    node: dict[str, Any] = product.data(company.viewer(MANAGER), DOCUMENT, {"id": document["id"]})["node"]
    return {**node, "id": document["id"]}
