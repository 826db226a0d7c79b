"""A photographed paper form becomes a review: uploaded, read, followed, looked at, corrected, confirmed."""

from __future__ import annotations

import dataclasses
import io
import json
import unicodedata
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
from PIL import Image

from db.settings import Settings
from ocr.forms import shipped
from ocr.forms.stamp import stamp
from tests.conftest import MakeSettings
from tests.journeys.conftest import Company, Product
from workers.process import WorkerProcess
from workers.seeding import PHOTOGRAPH, photograph_truth

SAMPLES = Path(__file__).parent.parent / "photographs" / "samples"

UPLOAD = """
mutation($file: Upload!, $key: String) { uploadIntakeDocument(input: {file: $file, templateKey: $key}) {
  upload { filename } documents { id status reasonCode duplicateOf { id } job { id } } errors { code } } }
"""
DOCUMENT = """
query($id: ID!) { node(id: $id) { ... on IntakeDocument {
  status reasonCode reasonMessage warnings version matchedBy template { key } subject { staffNumber } cycle { key }
  pages { url width height } fields { key value status confidence cropUrl } review { id } } } }
"""
CONFIRM = """
mutation($input: ConfirmIntakeDocumentInput!) { confirmIntakeDocument(input: $input) {
  review { id score grade status answers { key value source field { value status cropUrl } } }
  errors { code field } } }
"""
REVIEWS = "{ reviews { nodes { id score subject { staffNumber } reviewer { staffNumber } cycle { key } } } }"
MANAGER, SUBJECT, HR = "T1005", "T1006", "T1012"


def _hand_in(product: Product, company: Company, content: bytes, name: str = "photo.jpg") -> dict[str, Any]:
    answer = product.upload(
        company.viewer(MANAGER), UPLOAD, {"file": None, "key": None}, {"variables.file": (name, content)}
    ).json()
    payload = answer["data"]["uploadIntakeDocument"]
    assert payload["errors"] == []
    (document,) = payload["documents"]
    assert isinstance(document, dict)
    return document


def _read(product: Product, company: Company, content: bytes) -> dict[str, Any]:
    """Hand a file in, wait for the machine, and return the document."""
    document = _hand_in(product, company, content)
    events = product.progress(company.viewer(MANAGER), document["job"]["id"])
    assert events[-1]["state"] == "DONE", events
    node: dict[str, Any] = product.data(company.viewer(MANAGER), DOCUMENT, {"id": document["id"]})["node"]
    return {**node, "id": document["id"]}


def test_from_photograph_to_review(product: Product, company: Company, worker: WorkerProcess) -> None:
    manager, truth = company.viewer(MANAGER), photograph_truth()
    document = _hand_in(product, company, PHOTOGRAPH.read_bytes())
    assert document["status"] in ("UPLOADED", "READING")
    events = product.progress(manager, document["job"]["id"])
    percents = [event["progress"] for event in events]
    assert percents == sorted(percents)
    assert events[-1] == {"state": "DONE", "progress": 100, "stage": None}

    read = product.data(manager, DOCUMENT, {"id": document["id"]})["node"]
    assert (read["status"], read["matchedBy"], read["template"]) == (
        "NEEDS_REVIEW",
        "MARKERS",
        {"key": "quarterly-review"},
    )
    assert (read["subject"], read["cycle"], read["warnings"]) == ({"staffNumber": SUBJECT}, {"key": "2026Q3"}, [])
    (page,) = read["pages"]
    with Image.open(io.BytesIO(product.http.get(page["url"]).content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (page["width"], page["height"]))
        assert not picture.getexif()
    fields = {field["key"]: field for field in read["fields"]}
    assert list(fields) == list(truth["values"])
    for key in ("employee_name", "staff_number", "period", "grade", "score_results", "signature", "signed_on"):
        sure = fields[key]["status"] == "READ"
        assert not sure or fields[key]["value"] == truth["values"][key]
        assert Image.open(io.BytesIO(product.http.get(fields[key]["cropUrl"]).content)).format == "JPEG"

    checked = [key for key, field in fields.items() if field["status"] != "READ"]
    entries = [{"key": key, "value": truth["values"][key]} for key in checked if key != "improvements"]
    entries.append({"key": "improvements", "value": "提前同步风险"})
    confirmed = product.data(
        manager,
        CONFIRM,
        {"input": {"id": document["id"], "fields": entries, "expectedVersion": read["version"]}},
    )["confirmIntakeDocument"]
    assert confirmed["errors"] == []
    review = confirmed["review"]
    # 30 % x 5 + 25 % x 4 + 20 % x 4 + 15 % x 3 + 10 % x 4
    assert (review["score"], review["grade"], review["status"]) == ("4.15", "B", "CONFIRMED")
    answers = {answer["key"]: answer for answer in review["answers"]}
    corrected = answers["improvements"]
    assert (corrected["value"], corrected["source"]) == ("提前同步风险", "CORRECTED")
    assert corrected["field"]["value"] == fields["improvements"]["value"]
    assert corrected["field"]["cropUrl"]
    assert {answer["source"] for key, answer in answers.items() if key not in checked} >= {"MACHINE"}

    # Its subject sees the review, colleagues do not.
    assert product.data(company.viewer(SUBJECT), REVIEWS)["reviews"]["nodes"] == [
        {
            "id": review["id"],
            "score": "4.15",
            "subject": {"staffNumber": SUBJECT},
            "reviewer": {"staffNumber": MANAGER},
            "cycle": {"key": "2026Q3"},
        }
    ]
    for number in ("T1007", "T1009", "T1010", "T1014"):
        assert product.data(company.viewer(number), REVIEWS)["reviews"]["nodes"] == []
    # The same photograph again points to the first, and a second confirmation is refused.
    again = _hand_in(product, company, PHOTOGRAPH.read_bytes(), "again.jpg")
    assert (again["status"], again["reasonCode"]) == ("SUPERSEDED", "duplicate")
    assert again["duplicateOf"] == {"id": document["id"]}
    twice = product.data(company.viewer(HR), CONFIRM, {"input": {"id": document["id"]}})["confirmIntakeDocument"]
    assert [error["code"] for error in twice["errors"]] == ["ALREADY_CONFIRMED"]


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _pdf(pages: int, password: str | None = None) -> bytes:
    writer, buffer = pypdf.PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password is not None:
        writer.encrypt(password)
    writer.write(buffer)
    return buffer.getvalue()


def _scene() -> bytes:
    """A photograph of something else: sky over land."""
    picture = Image.linear_gradient("L").resize((1600, 1200)).convert("RGB")
    picture.paste((60, 90, 40), (0, 700, 1600, 1200))
    return _jpeg(picture)


def _half(name: str) -> bytes:
    """The upper half of a photographed form."""
    with Image.open(SAMPLES / name) as picture:
        return _jpeg(picture.crop((0, 0, picture.width, picture.height // 2)))


def _of_a_later_version() -> bytes:
    """A scan of a sheet whose code names version 99 of the form."""
    template = dataclasses.replace(shipped.load("quarterly-review").template, version=99)
    document = pypdfium2.PdfDocument(stamp(shipped.blank_pdf("quarterly-review"), template, "0" * 31 + "1"))
    return _jpeg(document[0].render(scale=200 / 72).to_pil())


def _sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


class TestBadInput:
    """Whatever is handed in ends in a coded state that says what to do."""

    @pytest.fixture
    def settings(self, make_settings: MakeSettings) -> Settings:
        """One database is enough here: what ends how does not depend on it."""
        return make_settings("sqlite")

    def test_files(self, product: Product, company: Company, worker: WorkerProcess) -> None:
        for what, content, ends in (
            ("cut off", _sample("01-clean.jpg")[:20_000], {("FAILED", "truncated")}),
            ("no picture", b"\xff\xd8\xff\xe0" + b"x" * 5000, {("FAILED", "not_an_image"), ("FAILED", "truncated")}),
            ("400 pages", _pdf(400), {("FAILED", "too_many_pages")}),
            ("encrypted", _pdf(1, "secret"), {("FAILED", "encrypted_pdf")}),
            ("something else", _scene(), {("RETAKE", "not_a_form")}),
            ("an empty page", _pdf(1), {("RETAKE", "not_a_form")}),
            ("half of it", _half("01-clean.jpg"), {("RETAKE", "corner_missing"), ("RETAKE", "not_a_form")}),
            ("later version", _of_a_later_version(), {("RETAKE", "wrong_form")}),
        ):
            document = _read(product, company, content)
            assert (document["status"], document["reasonCode"]) in ends, what
            assert document["reasonMessage"], what
            assert (document["fields"], document["review"], document["subject"]) == ([], None, None), what

    def test_upside_down_and_printed_for_nobody_here(
        self, product: Product, company: Company, worker: WorkerProcess
    ) -> None:
        name = "08-upside-down"
        truth = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
        document = _read(product, company, _sample(f"{name}.jpg"))
        assert document["status"] == "NEEDS_REVIEW"
        assert "sheet_unknown" in document["warnings"]
        wrong_but_sure = [
            field["key"]
            for field in document["fields"]
            if field["status"] == "READ" and _same(field["value"]) != _same(truth["values"][field["key"]])
        ]
        assert wrong_but_sure == []
        if document["subject"] is not None:  # by staff number and name together, or nobody
            assert document["subject"]["staffNumber"] == truth["values"]["staff_number"]


def _same(value: str | None) -> str | None:
    return None if value is None else "".join(unicodedata.normalize("NFKC", value).split()).casefold()
