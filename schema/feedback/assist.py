"""`feedbackAssist`: help in writing a piece of feedback, and the organisation's behaviour tags."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from db.models.feedback.notes import Sentiment
from ml.assist.assist import assist
from ml.assist.contract import Assist, Caution, CautionCode, Part, Quote, TagSuggestion
from ml.text.folding import Language as Spoken
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback import tags
from resolvers.goals.inputs import TEXT_LENGTH
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.mutation import REQUEST_ID, mutation
from schema.people import localized
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant, only
from schema.scalars import Language, described_enum

described_enum(
    Part,
    name="FeedbackPart",
    description="A part of feedback that its receiver can do something with.",
    values={
        "SITUATION": "When and where it was.",
        "BEHAVIOUR": "What the person did.",
        "IMPACT": "What came of it.",
    },
)
described_enum(
    Sentiment,
    description="Which way the words lean. It rates nobody.",
    values={
        "STRENGTH": "Something that went well.",
        "CONCERN": "Something to be done otherwise.",
        "MIXED": "Both.",
        "NONE": "Neither in sight.",
    },
)
described_enum(
    CautionCode,
    description="Why wording should be looked at again.",
    values={
        "CHARACTER_JUDGEMENT": "It judges the person instead of what was done.",
        "ABSOLUTE": "Always, never: one exception proves it wrong.",
        "HEARSAY": "The writer was not there.",
        "PROTECTED_ATTRIBUTE": "Age, sex, origin, belief and the like.",
        "HEALTH_FAMILY": "Health or family.",
        "GENDERED_WORDING": "It would not be said of the other sex.",
        "REGIONAL_WORDING": "It speaks of where people come from.",
        "THREAT": "A threat.",
    },
)


@strawberry.type(description="A behaviour that feedback may name.")
class BehaviourTag:
    key: str = field(description="Short and unique; feedback names tags by it.")
    label: str = batch(localized("label"), description="Name in the viewer's language.")
    label_zh: str = field(description="Chinese name.")
    label_en: str = field(description="English name.")
    competency: str | None = field(description="Key of the competency that the behaviour shows.")
    retired: bool = field(description="Not offered any more; what carries it keeps it.")
    shipped: bool = field(description="Of the list that the product brings.")


@strawberry.type(description="Words of the text, and where they stand.")
class TextSpan:
    text: str = field(description="The exact words.")
    start: int = field(description="Characters before them.")
    end: int = field(description="Characters up to their end.")


@dataclass(frozen=True, slots=True)
class _Suggested:
    tag: tags.ListedTag
    suggestion: TagSuggestion


@strawberry.type(name="TagSuggestion", description="A tag that the text seems to speak of.")
class TagSuggestionType:
    tag: BehaviourTag = field(description="The tag.")
    score: Decimal = batch(
        lambda _context, parents: [Decimal(str(parent.suggestion.score)) for parent in parents],
        description="How much speaks for it, 0 to 1.",
    )
    because: list[str] = batch(
        lambda _context, parents: [list(parent.suggestion.because) for parent in parents],
        description="The words that speak for it.",
    )


@strawberry.type(description="Wording that should be looked at again.")
class FeedbackCaution:
    code: CautionCode = field(description="Why.")
    quote: TextSpan = field(name="span", description="The words.")
    message: str = batch(
        lambda context, parents: [_caution_text(parent, context.locale) for parent in parents],
        description="Why, in the viewer's language.",
    )


def _caution_text(caution: Caution, locale: str) -> str:
    return caution.message("zh" if locale == "zh" else "en")


@dataclass(frozen=True, slots=True)
class _Help:
    """The engine's findings with the organisation's tags."""

    found: Assist
    tags: list[_Suggested]

    @property
    def situation(self) -> Quote | None:
        return self.found.situation

    @property
    def behaviour(self) -> Quote | None:
        return self.found.behaviour

    @property
    def impact(self) -> Quote | None:
        return self.found.impact

    @property
    def missing(self) -> list[Part]:
        return list(self.found.missing)

    @property
    def empty_praise(self) -> bool:
        return self.found.empty_praise

    @property
    def sentiment(self) -> Sentiment:
        return Sentiment(self.found.sentiment.upper())

    @property
    def cautions(self) -> list[Caution]:
        return list(self.found.cautions)

    @property
    def questions(self) -> list[str]:
        return list(self.found.questions)

    @property
    def suggestion(self) -> str | None:
        return self.found.suggestion

    @property
    def language(self) -> Language:
        return Language(self.found.language)


@strawberry.type(description="What a text says and lacks. It helps its writer and is kept nowhere.")
class FeedbackAssist:
    language: Language = field(description="Language of the text.")
    situation: TextSpan | None = field(description="When and where it was.")
    behaviour: TextSpan | None = field(description="What the person did.")
    impact: TextSpan | None = field(description="What came of it.")
    missing: list[Part] = field(description="Parts that are not there.")
    empty_praise: bool = field(description="It would fit anyone: praise, criticism or a conclusion without a fact.")
    tags: list[TagSuggestionType] = field(description="At most four tags of the organisation's list, the best first.")
    sentiment: Sentiment = field(description="Which way it leans.")
    cautions: list[FeedbackCaution] = field(description="Wording that should be looked at again.")
    questions: list[str] = field(description="A question for each missing part, in the language of the text.")
    suggestion: str | None = field(description="The questions as one text; null when nothing is missing.")


def _assist(
    context: Context,
    text: Annotated[str, strawberry.argument(description="What is being written; at most 5,000 characters.")],
    language: Annotated[
        Language | None, strawberry.argument(description="Its language; by default found from its characters.")
    ] = None,
) -> _Help:
    if len(text) > TEXT_LENGTH:
        raise DomainError(ErrorCode.TEXT_TOO_LONG, ("text",))
    listed = tags.listed_tags(context.session, context.viewer)
    spoken: Spoken | None = None if language is None else ("zh" if language is Language.ZH else "en")
    found = assist(text, tags.offered(listed), spoken)
    return _Help(found, [_Suggested(listed[each.tag], each) for each in found.tags])


IncludeRetired = Annotated[bool, strawberry.argument(description="Also those that are not offered any more.")]


def _tags(context: Context, include_retired: IncludeRetired = False) -> list[tags.ListedTag]:
    listed = tags.listed_tags(context.session, context.viewer).values()
    return [tag for tag in listed if include_retired or not tag.retired]


@strawberry.type
class AssistQueries:
    feedback_assist: FeedbackAssist = root(
        _assist, description="What a text says and lacks, before it is given as feedback. Nothing is stored."
    )
    behaviour_tags: list[BehaviourTag] = root(
        _tags, description="The organisation's behaviour tags, at most 200 of its own besides the shipped ones."
    )


@strawberry.input(description="A behaviour tag, new or in place of the one with this key.")
class SaveBehaviourTagInput:
    key: str = strawberry.field(description="Lower-case letters, digits and _, at most 64.")
    label_zh: str = strawberry.field(description="Chinese name.")
    label_en: str = strawberry.field(description="English name.")
    competency: str | None = strawberry.field(default=None, description="Key of the competency it shows.")
    cues_zh: list[str] | None = strawberry.field(
        default=None, description="Chinese words by which a text is seen to speak of it; by default the shipped ones."
    )
    cues_en: list[str] | None = strawberry.field(
        default=None, description="English words, * at the end for any ending; by default the shipped ones."
    )
    retired: bool = strawberry.field(default=False, description="True: not offered any more.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="Which tag was saved.")
class SaveBehaviourTagPayload:
    key: str | None = field(description="Its key; null when nothing was saved.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _save(context: Context, input: SaveBehaviourTagInput) -> Mapping[str, Any]:
    draft = tags.TagDraft(
        key=input.key,
        label_zh=input.label_zh,
        label_en=input.label_en,
        competency=input.competency,
        cues_zh=input.cues_zh,
        cues_en=input.cues_en,
        retired=input.retired,
    )
    return {"key": tags.save_tag(context.session, context.viewer, draft)}


@strawberry.type
class AssistMutations:
    save_behaviour_tag: SaveBehaviourTagPayload = mutation(
        _save, description="Add a behaviour tag, change its words, or retire it."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "feedbackAssist behaviourTags"),
    **grant("Mutation", only(*tags.EDITORS), "saveBehaviourTag"),
    **grant("BehaviourTag", VISIBLE, "key label labelZh labelEn competency retired shipped"),
    **grant("TextSpan", VISIBLE, "text start end"),
    **grant("TagSuggestion", VISIBLE, "tag score because"),
    **grant("FeedbackCaution", VISIBLE, "code span message"),
    **grant(
        "FeedbackAssist",
        VISIBLE,
        "language situation behaviour impact missing emptyPraise tags sentiment cautions questions suggestion",
    ),
}
