"""The question that asks for each missing part of a note, in the note's language. Standard library only."""

from __future__ import annotations

from ml.assist.contract import Part, Sentiment
from ml.text.folding import Language

_QUESTIONS: dict[Language, dict[Part, str]] = {
    "zh": {
        Part.SITUATION: "这是什么时候、在哪件事或哪个场合发生的？",
        Part.BEHAVIOUR: "对方具体做了什么或说了什么？请写一个旁人也能看到的动作。",
        Part.IMPACT: "这给客户、团队、进度或结果带来了什么影响？有数字请写上。",
    },
    "en": {
        Part.SITUATION: "When and on which occasion did this happen?",
        Part.BEHAVIOUR: "What exactly did the person do or say? Name one act that others could have seen.",
        Part.IMPACT: "What came of it for the customer, the team, the schedule or the result? "
        "Give a number if there is one.",
    },
}
_AFTER_CRITICISM: dict[Language, str] = {
    "zh": "下次希望看到怎样的做法？",
    "en": "What would you like to see next time?",
}


def questions(missing: tuple[Part, ...], sentiment: Sentiment, empty: bool, language: Language) -> tuple[str, ...]:
    """One question for each missing part; empty criticism is also asked for what should happen instead."""
    asked = [_QUESTIONS[language][part] for part in missing]
    if empty and sentiment == "concern":
        asked.append(_AFTER_CRITICISM[language])
    return tuple(asked)
