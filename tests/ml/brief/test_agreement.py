"""When two sentences contradict, say the same, or neither."""

from __future__ import annotations

import pytest

from ml.brief.agreement import bears, claim, contradict, same_claim


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The March release was delivered on time.", "The March release was delivered two weeks late."),
        ("He passed the crane licence exam in November.", "He did not pass the crane licence exam in November."),
        ("Complaints on the north route rose in May.", "Complaints on the north route fell in May."),
        ("三月版本按期发布。", "三月版本延期两周发布。"),
        ("他4月的周报有三次没有提交。", "四月周报他全部按时提交。"),
        ("王芳8月的发票全部正确。", "王芳8月的发票有错误。"),
        ("She took over the Sunday shift.", "She refused to take over the Sunday shift."),
    ],
)
def test_contradictions(left: str, right: str) -> None:
    assert contradict(left, right)
    assert contradict(right, left)
    assert not same_claim(claim(left), claim(right), 0.79)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The March release was on time.", "The April release was late."),
        ("三月版本按期发布。", "四月版本延期发布。"),
        ("She closed 27 deals in the north.", "She closed 31 deals in the north."),
        ("Costs of the plant fell by 12 %.", "Sales of the shop rose by 12 %."),
        ("On 7 May he locked the press, nobody was hurt.", "On 7 May he found a crack and locked the press."),
        ("她没有打断客户。", "她逐条记录了客户的要求。"),
        ("He phoned the customer.", "He did not forget the invoice."),
    ],
)
def test_no_contradictions(left: str, right: str) -> None:
    assert not contradict(left, right)
    assert not contradict(right, left)


def test_the_same_claim_needs_equal_dates_figures_and_direction() -> None:
    base = claim("In May her checklist cut the handover to 15 minutes.")
    assert same_claim(base, claim("Her checklist cut the handover to fifteen minutes in May."), 0.6)
    assert same_claim(base, claim("Her checklist cut the handover."), 0.6)
    assert not same_claim(base, claim("In June her checklist cut the handover to 15 minutes."), 0.9)
    assert not same_claim(base, claim("In May her checklist cut the handover to 25 minutes."), 0.9)
    assert not same_claim(base, claim("In May her checklist raised the handover to 15 minutes, it rose."), 0.9)


def test_a_claim_is_borne_by_those_who_say_all_of_it_or_its_figure() -> None:
    whole, part = claim("Bed comfortable, room clean and quiet as ours faced the courtyard."), claim("Room was clean.")
    assert bears(part, whole)
    assert not bears(whole, part)
    assert bears(claim("南线改了顺序以后，我们每天早回四十分钟。"), claim("老马调整了送货顺序，每天省40分钟。"))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("The new order of stops on the south route saves 40 minutes a day.",
         "Since he changed the south route we are back 40 minutes earlier.", True),
        ("The new order of stops on the south route saves 40 minutes a day.",
         "He waited 40 minutes for the forklift.", False),
        ("The new order of stops on the south route saves 40 minutes a day.",
         "Since he changed the south route we are back 30 minutes earlier.", False),
    ],
)  # fmt: skip
def test_one_figure_and_two_words_make_one_claim_in_other_words(left: str, right: str, same: bool) -> None:
    assert same_claim(claim(left), claim(right), 0.1) == same


def test_a_word_that_only_holds_a_negation_denies_nothing() -> None:
    assert not contradict("锅底很香，毛肚特别新鲜。", "毛肚和鸭血都很新鲜。")
