"""What the directory says about names and numbers that were read."""

import uuid

import pytest

from resolvers.rules.reading import (
    AGREED,
    CONTRADICTED,
    REPAIRED,
    REPAIRED_NOTE,
    UNSUPPORTED,
    DirectoryPerson,
    Judgement,
    compare_subject,
    judge_department,
    judge_name,
    match_subject,
    named,
    one_off,
    plain,
)

LIU = DirectoryPerson(uuid.UUID(int=1), "T1006", ("刘晓雯", "Liu Xiaowen"))
REED = DirectoryPerson(uuid.UUID(int=2), "T1008", ("Daniel Reed",))
WANG_1 = DirectoryPerson(uuid.UUID(int=3), "T1101", ("王芳",))
WANG_2 = DirectoryPerson(uuid.UUID(int=4), "T1102", ("王芳",))
PEOPLE = [LIU, REED, WANG_1, WANG_2]


@pytest.mark.parametrize(
    ("read", "known", "near"),
    [
        ("刘晓变", "刘晓雯", True),
        ("欧阳雯", "欧阳晓雯", False),  # in short names a character fewer is another name
        ("emilycarer", "emilycarter", True),
        ("emilycartter", "emilycarter", True),
        ("emilycartre", "emilycarter", False),
        ("emilycarter", "emilycarter", False),
        ("sale", "sales", False),
        ("", "", False),
    ],
)
def test_one_off(read: str, known: str, near: bool) -> None:
    assert (one_off(read, known), one_off(known, read)) == (near, near)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｔ１００６", "t1006"),
        ("Daniel  Reed", "danielreed"),
        ("阿依夏木·买买提", "阿依夏木买买提"),
        ("刘 晓 雯", "刘晓雯"),
    ],
)
def test_plain(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("number", "name", "person"),
    [
        ("T1006", "刘晓雯", LIU),
        ("Ｔ１００６", "刘 晓雯", LIU),
        ("T1006", "liu xiaowen", LIU),
        ("T1008", "DANIEL REED", REED),
        ("T1102", "王芳", WANG_2),
    ],
)
def test_number_and_name_of_one_person(number: str, name: str, person: DirectoryPerson) -> None:
    match = match_subject(number, name, PEOPLE)
    assert (match.person_id, match.number, match.name) == (person.id, AGREED, AGREED)


@pytest.mark.parametrize(("number", "name"), [("T1006", "Daniel Reed"), ("T1101", "刘晓雯")])
def test_contradiction_names_nobody(number: str, name: str) -> None:
    match = match_subject(number, name, PEOPLE)
    verdict = Judgement(CONTRADICTED, "number_and_name_differ")
    assert (match.person_id, match.number, match.name) == (None, verdict, verdict)


@pytest.mark.parametrize(
    ("number", "name", "about_number", "about_name"),
    [
        ("T1006", "刘晓变", AGREED, Judgement(REPAIRED, "repaired_from_directory", "刘晓雯")),
        ("T1O06", "刘晓雯", Judgement(REPAIRED, "repaired_from_directory", "T1006"), AGREED),
    ],
)
def test_one_misread_character_is_put_right_where_only_one_person_fits(
    number: str, name: str, about_number: Judgement, about_name: Judgement
) -> None:
    match = match_subject(number, name, PEOPLE)
    assert (match.person_id, match.number, match.name) == (LIU.id, about_number, about_name)


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("T1008", "刘晓雯"),  # another one's number
        ("T1O06", "刘晓变"),  # both are off
        ("T1103", "王芳"),  # one character from two people
        ("T1101", "王方"),  # too short for one character to tell
        ("T1006", "刘小变"),  # two characters
    ],
)
def test_nothing_is_put_right_on_less(number: str, name: str) -> None:
    match = match_subject(number, name, PEOPLE)
    assert match.person_id is None
    assert [judgement.repaired for judgement in (match.number, match.name) if judgement] == [None, None]


@pytest.mark.parametrize(
    ("number", "name", "about_number", "about_name"),
    [
        ("T9999", "刘晓雯", Judgement(UNSUPPORTED, "not_in_directory"), Judgement(UNSUPPORTED)),
        ("T9999", "无此人", Judgement(UNSUPPORTED, "not_in_directory"), Judgement(UNSUPPORTED, "not_in_directory")),
        (None, "刘晓雯", None, Judgement(UNSUPPORTED)),
        ("T1006", None, Judgement(UNSUPPORTED), None),
        (None, None, None, None),
    ],
)
def test_half_a_match_names_nobody(
    number: str | None, name: str | None, about_number: Judgement | None, about_name: Judgement | None
) -> None:
    match = match_subject(number, name, PEOPLE)
    assert (match.person_id, match.number, match.name) == (None, about_number, about_name)


def test_sheet_and_paper() -> None:
    differs = Judgement(CONTRADICTED, "differs_from_sheet")
    agreeing, swapped = (compare_subject(number, "刘晓雯", LIU, PEOPLE) for number in ("T1006", "T1008"))
    assert (agreeing.number, agreeing.name) == (AGREED, AGREED)
    assert (swapped.person_id, swapped.number, swapped.name) == (LIU.id, differs, AGREED)
    misread = compare_subject("T1O06", "刘晓变", LIU, PEOPLE)
    assert (misread.number, misread.name) == (
        Judgement(REPAIRED, "repaired_from_directory", "T1006"),
        Judgement(REPAIRED, "repaired_from_directory", "刘晓雯"),
    )
    assert compare_subject("T1006", "刘晓雨", LIU, [*PEOPLE, twin("刘晓雨")]).name == differs
    assert compare_subject(None, None, LIU, PEOPLE).number is None


def twin(name: str) -> DirectoryPerson:
    return DirectoryPerson(uuid.UUID(int=9), "T2000", (name,))


def test_name_alone() -> None:
    assert judge_name("Daniel Reed", PEOPLE) == AGREED
    assert judge_name("王芳", PEOPLE) == Judgement(UNSUPPORTED, "several_in_directory")
    assert judge_name("张三", PEOPLE) == Judgement(UNSUPPORTED, "not_in_directory")
    assert judge_name(None, PEOPLE) is None
    assert named("", PEOPLE) == []


RESEARCH = ("研发部", "Research and Development", "RD")
MARKETING = ("市场部", "Marketing", "MKT")
TRAINING = ("培训部", "Training", "TR")


@pytest.mark.parametrize(
    ("words", "own", "expected"),
    [
        ("research and development", RESEARCH, AGREED),
        ("研 发部", RESEARCH, AGREED),
        ("市场部", RESEARCH, Judgement(CONTRADICTED, "differs_from_directory")),
        ("研友部", RESEARCH, Judgement(REPAIRED, REPAIRED_NOTE, "研发部")),
        ("Morketing", RESEARCH, Judgement(CONTRADICTED, "differs_from_directory")),
        ("市场部研发部", RESEARCH, Judgement(UNSUPPORTED, "not_in_directory")),
        ("市场部", None, AGREED),
        ("Morketing", None, Judgement(REPAIRED, REPAIRED_NOTE, "Marketing")),
        ("MARKETNG", None, Judgement(REPAIRED, REPAIRED_NOTE, "Marketing")),
        ("Marketting", MARKETING, Judgement(REPAIRED, REPAIRED_NOTE, "Marketing")),
        ("Marketng", RESEARCH, Judgement(CONTRADICTED, "differs_from_directory")),
        ("Marketg", None, Judgement(UNSUPPORTED, "not_in_directory")),
        ("R0", None, Judgement(UNSUPPORTED, "not_in_directory")),
        (None, RESEARCH, None),
    ],
)
def test_department(words: str | None, own: tuple[str, ...] | None, expected: Judgement | None) -> None:
    assert judge_department(words, own, [RESEARCH, MARKETING, TRAINING]) == expected


def test_a_department_like_several_is_not_put_right() -> None:
    both = [("Unit A1", "A1"), ("Unit A2", "A2")]
    assert judge_department("Unit A7", both[0], both) == Judgement(UNSUPPORTED, "not_in_directory")
    assert judge_department("研发部", None, []) is None
