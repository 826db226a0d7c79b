"""A company's own form, without markers or code: from the blank to a confirmed review, through GraphQL alone."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from PIL import Image

from db.settings import Settings
from ocr.contract import Box
from tests.company_forms.blank import Blank, scan
from tests.company_forms.first import bordered_chinese, ruled_english
from tests.conftest import MakeSettings
from tests.journeys.conftest import Company, Product
from tests.photographs.camera import Condition, photograph
from tests.photographs.hands import CHINESE_HANDS, LATIN_HANDS, SIGNATURE_HAND, Hand
from tests.photographs.ink import InkLayer, Tick
from workers.process import WorkerProcess

pytestmark = pytest.mark.fonts

HR, MANAGER, SUBJECT, EMPLOYEE = "T1012", "T1005", "T1006", "T1007"
PHONE = Condition("phone", tilt_degrees=9, rotation_degrees=2, shadow=0.25)

REGISTER = """
mutation($file: Upload!, $key: String!) { registerFormTemplate(input: {file: $file, key: $key}) {
  draft { id status job { id } } errors { code field message } } }
"""
REFUSED = """
mutation($file: Upload!, $key: String!) { registerFormTemplate(input: {file: $file, key: $key}) { errors { code } } }
"""
DRAFT = """
query($id: ID!) { node(id: $id) { ... on FormDraft { id key status reasonCode version definition notes
  pages { number url width height } fields { key label type boxMm options { value boxMm } }
  lastTrial { status fields { key value } } template { key version } } } }
"""
EDIT = """
mutation($input: EditFormDraftInput!) { editFormDraft(input: $input) {
  draft { version fields { key } } errors { code field message } } }
"""
TRY = """
mutation($file: Upload!, $id: ID!) { tryFormDraft(input: {file: $file, id: $id}) {
  trial { id job { id } } errors { code } } }
"""
TRIAL = """
query($id: ID!) { node(id: $id) { ... on FormTrial { status reasonCode matchedBy
  fields { key label value status confidence } pages { url labelsFound labelsExpected } } } }
"""
PUBLISH = """
mutation($input: PublishFormDraftInput!) { publishFormDraft(input: $input) {
  template { id key version fields { key } } draft { status } errors { code } } }
"""
UPLOAD = """
mutation($file: Upload!) { uploadIntakeDocument(input: {file: $file}) { documents { id job { id } } errors { code } } }
"""
DOCUMENT = """
query($id: ID!) { node(id: $id) { ... on IntakeDocument {
  status reasonCode version matchedBy template { key version } subject { staffNumber } cycle { key }
  fields { key value status confidence } } } }
"""
CONFIRM = """
mutation($input: ConfirmIntakeDocumentInput!) { confirmIntakeDocument(input: $input) {
  review { score grade status answers { key value source } } errors { code field message } } }
"""
CYCLES = "{ cycles(first: 10) { nodes { id key } } people(first: 50) { nodes { id staffNumber } } }"


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """One database is enough here: what is read does not depend on it."""
    return make_settings("sqlite")


def filled(blank: Blank, written: Mapping[str, str], ticked: Mapping[str, str], hand: Hand, seed: int) -> bytes:
    """A photograph of the form with these words and ticks, by the labels that it prints."""
    ink = InkLayer(blank.size_mm, 300, (26, 48, 138), np.random.default_rng([seed]))
    for asked in blank.asked:
        x, y, w, h = asked.area
        text = written.get(asked.label)
        if text is not None:
            area: Box = (x + 1.5, y + 0.8, w - 3, h - 1.6)
            if "签" in asked.label or "ignature" in asked.label:
                ink.write(text, area, SIGNATURE_HAND, 8.5, slant=5)
            elif h > 20:
                ink.write_lines([text], area, hand, 5.4)
            else:
                ink.write(text, area, hand, 5.4)
        for option, box in asked.boxes:
            if ticked.get(asked.label) == option:
                ink.tick(box, Tick.CHECK)
    paper = blank.picture(300)
    height, width = ink.coverage.shape
    page = ink.on(np.asarray(Image.fromarray(paper).resize((width, height))))
    return photograph(page, PHONE, (seed,))


def register(product: Product, company: Company, key: str, name: str, content: bytes) -> dict[str, Any]:
    """Hand the blank in, wait for the proposal, and return the draft."""
    answer = product.upload(
        company.viewer(HR), REGISTER, {"file": None, "key": key}, {"variables.file": (name, content)}
    ).json()
    payload = answer["data"]["registerFormTemplate"]
    assert payload["errors"] == []
    assert product.progress(company.viewer(HR), payload["draft"]["job"]["id"])[-1]["state"] == "DONE"
    return draft(product, company, payload["draft"]["id"])


def draft(product: Product, company: Company, id_: str) -> dict[str, Any]:
    node: dict[str, Any] = product.data(company.viewer(HR), DRAFT, {"id": id_})["node"]
    return node


def edit(product: Product, company: Company, of: dict[str, Any], definition: Any) -> dict[str, Any]:
    given = {"id": of["id"], "definition": definition, "expectedVersion": of["version"]}
    payload: dict[str, Any] = product.data(company.viewer(HR), EDIT, {"input": given})["editFormDraft"]
    return payload


def try_on(product: Product, company: Company, id_: str, content: bytes) -> dict[str, Any]:
    answer = product.upload(
        company.viewer(HR), TRY, {"file": None, "id": id_}, {"variables.file": ("example.jpg", content)}
    ).json()
    trial = answer["data"]["tryFormDraft"]["trial"]
    assert product.progress(company.viewer(HR), trial["job"]["id"])[-1]["state"] == "DONE"
    node: dict[str, Any] = product.data(company.viewer(HR), TRIAL, {"id": trial["id"]})["node"]
    return node


def read(product: Product, company: Company, content: bytes) -> dict[str, Any]:
    """Hand a photograph in without naming a form, wait, and return the document."""
    answer = product.upload(
        company.viewer(MANAGER), UPLOAD, {"file": None}, {"variables.file": ("photo.jpg", content)}
    ).json()
    (document,) = answer["data"]["uploadIntakeDocument"]["documents"]
    assert product.progress(company.viewer(MANAGER), document["job"]["id"])[-1]["state"] == "DONE"
    node: dict[str, Any] = product.data(company.viewer(MANAGER), DOCUMENT, {"id": document["id"]})["node"]
    return {**node, "id": document["id"]}


def confirm(
    product: Product, company: Company, document: dict[str, Any], truth: Mapping[str, str | None]
) -> dict[str, Any]:
    """Confirm with every field checked, about the manager's report and the third quarter."""
    listed = product.data(company.viewer(MANAGER), CYCLES)
    subject = next(person["id"] for person in listed["people"]["nodes"] if person["staffNumber"] == SUBJECT)
    cycle = next(cycle["id"] for cycle in listed["cycles"]["nodes"] if cycle["key"] == "2026Q3")
    entries = [{"key": field["key"], "value": truth[field["key"]]} for field in document["fields"]]
    given = {"id": document["id"], "fields": entries, "subjectId": subject, "cycleId": cycle}
    payload: dict[str, Any] = product.data(company.viewer(MANAGER), CONFIRM, {"input": given})["confirmIntakeDocument"]
    assert payload["errors"] == []
    review: dict[str, Any] = payload["review"]
    return review


def sure_and_wrong(document: dict[str, Any], truth: Mapping[str, str | None]) -> list[tuple[str, str | None]]:
    return [
        (field["key"], field["value"])
        for field in document["fields"]
        if field["status"] == "READ" and field["value"] != truth[field["key"]]
    ]


def test_a_bordered_chinese_table(product: Product, company: Company, worker: WorkerProcess) -> None:
    blank = bordered_chinese()
    standing = register(product, company, "house-review", "空白表.pdf", blank.pdf())
    assert (standing["status"], standing["notes"]) == ("READY", [])
    assert [field["type"] for field in standing["fields"]] == [asked.type.name for asked in blank.asked]
    (page,) = standing["pages"]
    with Image.open(io.BytesIO(product.http.get(page["url"]).content)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "L", (page["width"], page["height"]))

    # HR corrects names and types; what is wrong is told with its place, and changes nothing.
    definition = standing["definition"]
    spoiled = {
        **definition,
        "fields": [*definition["fields"][:2], {**definition["fields"][2], "box_mm": [1, 2, 900, 4]}],
    }
    refused = edit(product, company, standing, spoiled)
    assert [(error["code"], error["field"]) for error in refused["errors"]] == [
        ("FORM_INVALID", ["input", "definition", "fields", "2"])
    ]
    keys = [field["key"] for field in definition["fields"]]
    rows = [key for key, field in zip(keys, definition["fields"], strict=True) if field["type"] == "score"]
    corrected = [
        {**field, "key": f"score_{rows.index(field['key']) + 1}", "minimum": "1", "maximum": "5"}
        if field["key"] in rows
        else field
        for field in definition["fields"]
    ]
    payload = edit(product, company, standing, {**definition, "fields": corrected})
    assert payload["errors"] == []
    stale = edit(product, company, standing, definition)
    assert [error["code"] for error in stale["errors"]] == ["CONFLICT"]

    written = {
        "姓名": "刘晓雯", "工号": "T1006", "部门": "研发部", "岗位": "工程师",
        "考核周期": "2026Q3", "直接上级": "王立国",
        "工作业绩": "4", "工作质量": "5", "团队协作": "3", "学习成长": "4",
        "主要业绩": "按期完成网关改造", "待改进之处": "提前同步风险", "主管签字": "王立国", "日期": "2026-10-09",
    }  # fmt: skip
    photo = filled(blank, written, {"综合等级": "良好"}, CHINESE_HANDS[0], 5)
    trial = try_on(product, company, standing["id"], photo)
    assert (trial["status"], trial["reasonCode"]) == ("DONE", None)
    values = {field["key"]: field["value"] for field in trial["fields"]}
    assert (values["staff_number"], values["grade"], values["signature"]) == ("T1006", "良好", "present")

    published = product.data(company.viewer(HR), PUBLISH, {"input": {"id": standing["id"]}})["publishFormDraft"]
    assert published["errors"] == []
    assert (published["template"]["key"], published["template"]["version"]) == ("house-review", 1)
    again = product.data(company.viewer(HR), PUBLISH, {"input": {"id": standing["id"]}})["publishFormDraft"]
    assert [error["code"] for error in again["errors"]] == ["NOT_READY"]

    document = read(product, company, filled(blank, written, {"综合等级": "良好"}, CHINESE_HANDS[0], 6))
    assert (document["status"], document["template"]) == ("NEEDS_REVIEW", {"key": "house-review", "version": 1})
    assert (document["subject"], document["cycle"]) == ({"staffNumber": SUBJECT}, {"key": "2026Q3"})
    truth = dict(
        zip([field["key"] for field in corrected], [written.get(asked.label) for asked in blank.asked], strict=True)
    )
    truth |= {"grade": "良好", "signature": "present"}
    assert sure_and_wrong(document, truth) == []
    right = sum(field["value"] == truth[field["key"]] for field in document["fields"])
    assert right >= len(truth) - 2, document["fields"]
    review = confirm(product, company, document, truth)
    # (40 x 4 + 30 x 5 + 20 x 3 + 10 x 4) / 100
    assert (review["score"], review["grade"], review["status"]) == ("4.1", "良好", "CONFIRMED")


def test_ruled_lines_in_english_from_a_crooked_scan(product: Product, company: Company, worker: WorkerProcess) -> None:
    blank = ruled_english()
    standing = register(product, company, "english-review", "blank.jpg", scan(blank.picture(200), 2.0))
    assert standing["status"] == "READY"
    assert [field["type"] for field in standing["fields"]] == [asked.type.name for asked in blank.asked]
    assert (
        product.data(company.viewer(HR), PUBLISH, {"input": {"id": standing["id"]}})["publishFormDraft"]["errors"] == []
    )
    written = {
        "Employee name:": "Liu Xiaowen", "Employee ID:": "T1006", "Department:": "Research", "Review period:": "2026Q3",
        "Job title:": "Engineer", "Supervisor:": "Wang Liguo", "Key achievements": "Latency down by 38%",
        "Supervisor signature": "Wang Liguo", "Date": "2026-10-09",
    }  # fmt: skip
    document = read(product, company, filled(blank, written, {"Overall rating": "Meets"}, LATIN_HANDS[2], 7))
    assert (document["status"], document["template"]) == ("NEEDS_REVIEW", {"key": "english-review", "version": 1})
    keys = [field["key"] for field in standing["fields"]]
    truth = dict(zip(keys, [written.get(asked.label) for asked in blank.asked], strict=True))
    truth |= {"grade": "meets", "signature": "present"}
    assert sure_and_wrong(document, truth) == []
    # The name is written otherwise than in the directory; the number says who is meant.
    review = confirm(product, company, document, truth)
    assert (review["grade"], review["status"]) == ("meets", "CONFIRMED")
    assert {answer["key"]: answer["value"] for answer in review["answers"]} == truth


def test_only_those_who_make_forms_may(product: Product, company: Company) -> None:
    content = bordered_chinese().pdf()
    for number in (MANAGER, EMPLOYEE):
        answer = product.upload(
            company.viewer(number), REFUSED, {"file": None, "key": "x-form"}, {"variables.file": ("b.pdf", content)}
        ).json()
        assert [error["code"] for error in answer["data"]["registerFormTemplate"]["errors"]] == ["FORBIDDEN"]
    for key in ("X", "a", "Großes", "form key", "a" * 61, "-a"):
        answer = product.upload(
            company.viewer(HR), REFUSED, {"file": None, "key": key}, {"variables.file": ("b.pdf", content)}
        ).json()
        assert [error["code"] for error in answer["data"]["registerFormTemplate"]["errors"]] == ["FORM_KEY_INVALID"]
    assert product.data(company.viewer(HR), "{ formDrafts { nodes { id } } }")["formDrafts"]["nodes"] == []
