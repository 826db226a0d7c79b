"""Other words than a note's: what turns, adds, drops a limit or joins what does not belong together is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.brief.checks import check
from ml.brief.contract import Draft, Note, NoteKind
from ml.brief.wording import departures

NAMES = ("Irina", "张伟")
BLOCKS = [
    block.splitlines()
    for block in (Path(__file__).with_name("wording.txt")).read_text(encoding="utf-8").strip().split("\n\n")[1:]
]


def refused(text: str, source: str, kind: NoteKind = NoteKind.PEER) -> bool:
    notes = {"a": Note("a", source, "p1", "irina", kind=kind)}
    return bool(check(Draft(text, ("a",), "fact"), notes, "irina", NAMES))


@pytest.mark.parametrize("block", BLOCKS, ids=[block[0] for block in BLOCKS])
def test_only_what_the_note_says_stands(block: list[str]) -> None:
    source, *drafts = block
    stood = [draft[2:] for draft in drafts if not refused(draft[2:], source)]
    assert stood == [draft[2:] for draft in drafts if draft.startswith("+ ")]
    assert departures(source, source, NAMES) == []


@pytest.mark.parametrize(
    "text",
    [
        "She resolved 1\u200b4\u200b0 incidents in June.",  # zero width
        "She resolved 1\u200b4 incidents in June.",
        "She resolved 14\u202e0 incidents in June.",  # right to left
        "\u200fShe resolved 14 incidents in June.",
        "\u2067She resolved 41 incidents in June.\u2069",
        "She re\u00adsolved 41 incidents in June.",  # soft hyphen
        "She resolved \u0661\u0664\u0660 incidents in June.",  # Arabic digits
        "She resolved 1\uff140 incidents in June.",  # full width
        "She resolved l4 incidents in June.",
        "She resolved 14 \u0456ncid\u0435nts in July.",  # Cyrillic
        "She resolved 14 incidents in Jun\u0435.",
        "She resolved \u2164\u2160 incidents in June.",  # Roman
        "She resolved 14\u00bd incidents in June.",
        "She resolved \u246d\u24ea incidents in June.",  # circled
        "She resolved \u221214 incidents in June.",  # minus
        "She resolved 14\u00a0000 incidents in June.",
        "She resolved 14k incidents in June.",
        "She resolved \U0001d7cf\U0001d7d2 + 3 incidents in June.",  # mathematical digits
    ],
    ids=ascii,
)
def test_characters_that_hide_or_imitate_others_change_no_figure(text: str) -> None:
    assert refused(text, "She resolved 14 incidents in June.")


@pytest.mark.parametrize(
    "text",
    [
        "她解决了廿起事故。",
        "她解决了〇起事故。",
        "她解决了㈩四起事故。",
        "她解决了⒕0起事故。",
        "她解决了14\u200b0起事故。",
        "她没\u200b有解决14起事故。",
        "她解决了壹拾伍起事故。",
    ],
    ids=ascii,
)
def test_chinese_figures_have_no_disguise(text: str) -> None:
    assert refused(text, "她解决了14起事故。")


def test_a_part_of_a_sentence_is_no_quotation_of_it() -> None:
    source = "It is not true that she ignored the alarm."
    assert refused("One colleague writes: “she ignored the alarm”.", source)
    assert refused("she ignored the alarm", source, NoteKind.CUSTOMER)
    notes = {
        "x": Note("x", source, "p1", "irina"),
        "y": Note("y", "She answered the alarm at once.", "p2", "irina"),
    }
    torn = "Accounts differ: “she ignored the alarm” / “She answered the alarm at once”"
    whole = f"Accounts differ: “{source}” / “She answered the alarm at once”"
    assert check(Draft(torn, ("x", "y"), "fact", conflict=True), notes, "irina")
    assert check(Draft(whole, ("x", "y"), "fact", conflict=True), notes, "irina") == []


def test_two_sentences_of_one_note_are_not_spliced() -> None:
    source = "Irina prepared the release. Tomas deleted the staging database."
    assert refused("Irina deleted the staging database.", source)
    assert not refused("Irina prepared the release.", source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            'He always says "ship it" on Fridays and then answers 14 tickets alone.',
            "“He always says ‘ship it’ on Fridays and then answers 14 tickets alone”",
        ),
        ("他总是「先救火」再补8份文档！", "“他总是‘先救火’再补8份文档！”"),
        ("She never wrote “done” before the test was green.", "“She never wrote ‘done’ before the test was green”"),
    ],
)
def test_quotation_marks_inside_of_a_quotation_are_single(source: str, text: str) -> None:
    assert not refused(text, source)


def test_words_said_over_and_over_are_followed_in_no_time_that_grows_without_bound() -> None:
    source = "go, " * 300 + "stop."
    assert refused("go " * 60 + "home.", source)
