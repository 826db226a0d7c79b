"""The eight checks under attack: each sentence below is wrong in one way that a fluent model would get wrong."""

from __future__ import annotations

import pytest

from ml.brief.checks import check
from ml.brief.contract import Draft, Note, NoteKind

NOTES = {
    note.id: note
    for note in (
        Note("a", "On 14 June Irina rolled the payment service back in 6 minutes.", "p1", "irina", "2026-06-14"),
        Note(
            "b", "Irina's reviews took four days in August, so we missed the sprint goal.", "p2", "irina", "2026-08-30"
        ),
        Note("c", "The migration was finished on time and costs fell by 12 %.", "p3", "irina", "2026-09-02"),
        Note("d", "She did not tell support about the API change.", "p4", "irina", "2026-07-03"),
        Note("e", "Irina phoned us every hour during the outage.", "k1", "irina", "2026-08-09", NoteKind.CUSTOMER),
        Note("f", "I cut the build from 52 to 18 minutes.", "irina", "irina", "2026-09-10", NoteKind.SELF),
        Note("g", "Tomas deleted the staging database.", "p1", "tomas", "2026-06-20"),
        Note("h", "6月18日晚支付服务告警，张伟12分钟内完成回滚恢复，节省约3万元。", "p5", "irina", "2026-06-19"),
        Note("i", "张伟没有提前通知客服，项目延期两周。", "p6", "irina", "2026-07-19"),
        Note("j", "８月续签合同，金额２５万元，王芳没有给折扣。", "p7", "irina", "2026-08-19"),
        Note("k", "Throughput rose from 120 to 180 req/s after her change.", "p8", "irina", "2026-08-20"),
    )
}
MINE = {key: note for key, note in NOTES.items() if note.subject_id == "irina"}
NAMES = ("Irina", "张伟")


def failed(text: str, *citations: str, conflict: bool = False) -> set[str]:
    draft = Draft(text, citations, "fact", conflict)
    return {failure.check for failure in check(draft, MINE, "irina", NAMES)}


@pytest.mark.parametrize(
    ("text", "citations"),
    [
        ("On 14 June Irina rolled the payment service back in 6 minutes.", ["a"]),
        ("Irina rolled the payment service back in six minutes.", ["a"]),
        ("The payment service was rolled back in 360 seconds on June 14, 2026.", ["a"]),
        ("The migration was finished on time.", ["c"]),
        ("Costs fell by 12 percent.", ["c"]),
        ("Support was not told about the API change.", ["d"]),
        ("张伟十二分钟内完成回滚恢复。", ["h"]),
        ("支付服务告警，张伟１２分钟完成回滚，节省约30000元。", ["h"]),
        ("张伟未提前通知客服。", ["i"]),
        ("8月续签合同，金额250000元。", ["j"]),
        ("Throughput rose from 120 to 180 req/s.", ["k"]),
        ("Irina phoned us every hour during the outage.", ["e"]),
        ("One customer says: “Irina phoned us every hour during the outage”.", ["e"]),
        ("One colleague writes: “Irina's reviews took four days in August”.", ["b"]),
    ],
)
def test_faithful_sentences_pass(text: str, citations: list[str]) -> None:
    assert failed(text, *citations) == set()


@pytest.mark.parametrize(
    ("text", "citations", "expected"),
    [
        # 1 citations
        ("Irina rolled the payment service back in 6 minutes.", [], "citation"),
        ("Irina rolled the payment service back in 6 minutes.", ["zz"], "citation"),
        ("Irina rolled the payment service back in 6 minutes.", ["a", "zz"], "citation"),
        ("Tomas deleted the staging database.", ["g"], "citation"),
        # 2 quotations
        ("She “rolled everything back at once” on 14 June.", ["a"], "quote"),
        ("同事说“张伟十分钟就恢复了服务”。", ["h"], "quote"),
        # 2 a customer's words put differently, true as they may be
        ("Irina called them hourly during the outage.", ["e"], "quote"),
        ("Irina phoned us every hour during the whole outage.", ["e"], "quote"),
        ("A customer says: Irina phoned them every hour during the outage.", ["e"], "quote"),
        # 3 wrong number, date, unit, invented date, full-width and Chinese numerals, codes
        ("On 14 June Irina rolled the payment service back in 16 minutes.", ["a"], "figure"),
        ("On 15 June Irina rolled the payment service back in 6 minutes.", ["a"], "figure"),
        ("On 14 June 2025 Irina rolled the payment service back in 6 minutes.", ["a"], "figure"),
        ("Irina rolled the payment service back in 6 hours.", ["a"], "figure"),
        ("Irina rolled the payment service back in 6 seconds.", ["a"], "figure"),
        ("Costs fell by 12 percentage points.", ["c"], "figure"),
        ("Costs fell by 21 %.", ["c"], "figure"),
        ("On 3 July she did not tell support about the API change v2.", ["d"], "figure"),
        ("张伟二十分钟内完成回滚恢复。", ["h"], "figure"),
        ("张伟１３分钟内完成回滚恢复。", ["h"], "figure"),
        ("6月19日晚支付服务告警，张伟12分钟内完成回滚恢复。", ["h"], "figure"),
        ("张伟12小时内完成回滚恢复。", ["h"], "figure"),
        ("张伟完成回滚恢复，节省约3千元。", ["h"], "figure"),
        ("8月续签合同，金额2.5万元。", ["j"], "figure"),
        ("8月续签合同，金额25万美元。", ["j"], "figure"),
        ("项目延期三周。", ["i"], "figure"),
        ("Throughput rose from 120 to 180 %.", ["k"], "figure"),
        # 3 swapped and invented names
        ("On 14 June Tomas rolled the payment service back in 6 minutes.", ["a"], "name"),
        ("李强12分钟内完成回滚恢复。", ["h"], "name"),
        ("Irina and Marta rolled the payment service back in 6 minutes.", ["a"], "name"),
        # 4 flipped negation and direction
        ("Irina did not roll the payment service back in 6 minutes.", ["a"], "direction"),
        ("She told support about the API change.", ["d"], "direction"),
        ("The migration was finished late and costs fell by 12 %.", ["c"], "direction"),
        ("The migration was finished on time and costs rose by 12 %.", ["c"], "direction"),
        ("张伟提前通知了客服。", ["i"], "direction"),
        ("项目按期完成，没有延期。", ["i"], "direction"),
        ("续签合同，王芳给了折扣。", ["j"], "direction"),
        ("Throughput fell from 120 to 180 req/s.", ["k"], "direction"),
        # 5 quantifiers
        ("Several colleagues say the migration was finished on time.", ["c"], "quantifier"),
        ("多位同事表示张伟12分钟内完成回滚恢复。", ["h"], "quantifier"),
        ("大家都说项目延期两周。", ["i"], "quantifier"),
        ("5 of 6 people say the migration was finished on time.", ["c"], "quantifier"),
        # 6 merged sources and additions
        ("Irina rolled the payment service back and her reviews took four days.", ["a", "b"], "figure"),
        ("张伟完成回滚恢复，客服没有得到通知。", ["h", "i"], "coverage"),
        ("Irina is a gifted engineer with a bright future in leadership.", ["a"], "coverage"),
        # 7 other people and mixed sources
        ("Tomas rolled the payment service back in 6 minutes.", ["a"], "person"),
        ("She phoned every hour during the outage.", ["e", "f"], "source"),
        ("Customers report that the migration was finished on time.", ["c"], "source"),
        ("客户表示张伟12分钟内完成回滚恢复。", ["h"], "source"),
        # 8 absolutes
        ("Irina always rolled the payment service back in 6 minutes.", ["a"], "absolute"),
        ("张伟从不提前通知客服。", ["i"], "absolute"),
    ],
)
def test_attacks_are_refused_for_their_reason(text: str, citations: list[str], expected: str) -> None:
    assert expected in failed(text, *citations)


def test_a_note_about_somebody_else_is_refused_even_when_it_is_in_reach() -> None:
    draft = Draft("Tomas deleted the staging database.", ("g",), "concern")
    assert "person" in {failure.check for failure in check(draft, NOTES, "irina", NAMES)}


def test_counts_may_be_said_when_the_citations_bear_them_out() -> None:
    notes = {str(i): Note(str(i), "The handover takes 15 minutes instead of 30.", f"p{i}", "irina") for i in range(3)}
    good = Draft("3 of 5 people: The handover takes 15 minutes instead of 30.", ("0", "1", "2"), "strength")
    assert check(good, notes, "irina", NAMES, people=5) == []
    bad = Draft("4 of 5 people: The handover takes 15 minutes instead of 30.", ("0", "1", "2"), "strength")
    assert {failure.check for failure in check(bad, notes, "irina", NAMES, people=5)} == {"quantifier"}


def test_an_absolute_stands_with_three_notes_or_as_somebodys_words() -> None:
    notes = {str(i): Note(str(i), "She always locks the cabinet.", f"p{i}", "irina") for i in range(3)}
    assert check(Draft("She always locks the cabinet.", ("0", "1", "2"), "strength"), notes, "irina") == []
    assert check(Draft("“She always locks the cabinet”", ("0",), "strength"), notes, "irina") == []
    alone = check(Draft("She always locks the cabinet.", ("0",), "strength"), notes, "irina")
    assert {failure.check for failure in alone} == {"absolute"}


def test_a_conflict_quotes_each_of_its_notes_and_adds_no_figure() -> None:
    notes = {
        "x": Note("x", "The release was on time.", "p1", "irina"),
        "y": Note("y", "The release was two weeks late.", "p2", "irina"),
    }

    def conflict(text: str, *ids: str) -> set[str]:
        return {failure.check for failure in check(Draft(text, ids, "fact", conflict=True), notes, "irina")}

    fair = "Accounts differ: “The release was on time” / “The release was two weeks late”"
    assert conflict(fair, "x", "y") == set()
    assert conflict(fair, "x") == {"quote", "coverage"}
    assert conflict("Accounts differ: “The release was on time” / “The release was a year late”", "x", "y") == {
        "quote",
        "coverage",
    }
    assert conflict(f"{fair} (3 weeks)", "x", "y") == {"figure"}


@pytest.mark.parametrize(
    ("text", "cited", "expected"),
    [
        ("One colleague writes: On 14 June Irina rolled the payment service back in 6 minutes.", "a", set()),
        ("A customer writes: On 14 June Irina rolled the payment service back in 6 minutes.", "a", {"source"}),
        ("One manager says: On 14 June Irina rolled the payment service back in 6 minutes.", "a", {"source"}),
        ("People: On 14 June Irina rolled the payment service back in 6 minutes.", "a", {"quantifier"}),
        ("1 of 3 customers: On 14 June Irina rolled the payment service back in 6 minutes.", "a", {"source"}),
        ("One colleague says: Irina phoned us every hour during the outage.", "e", {"source"}),
        ("一位同事提到：张伟没有提前通知客服，项目延期两周。", "i", set()),
        ("一位上级说：张伟没有提前通知客服，项目延期两周。", "i", {"source"}),
        ("一位客户写道：张伟没有提前通知客服，项目延期两周。", "i", {"source"}),
        ("Irina cut the build from 52 to 18 minutes.", "f", set()),
        ("She cut the build from 52 to 18 minutes.", "f", set()),
        ("We cut the build from 52 to 18 minutes.", "f", {"coverage"}),
        ("I phoned us every hour during the outage.", "e", {"quote"}),
    ],
)
def test_nobody_speaks_for_another(text: str, cited: str, expected: set[str]) -> None:
    assert failed(text, cited) >= expected
    assert bool(failed(text, cited)) == bool(expected)
