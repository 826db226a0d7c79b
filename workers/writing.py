"""The engines that write, as the settings ask for them."""

from __future__ import annotations

from typing import cast

from db.settings import Settings
from ml.brief.contract import Engine
from ml.brief.engines.extractive import ExtractiveEngine
from ml.brief.entailment import Entailment
from ml.brief.rewording import Chat

_engines: dict[tuple[str, str, str], Engine] = {}


def brief_engine(settings: Settings) -> Engine:
    """The engine that drafts briefs. It lives as long as the process, so that a local model is loaded once."""
    wanted = (settings.generator, settings.generator_model, settings.generator_url)
    if wanted not in _engines:
        _engines[wanted] = _made(settings)
    return _engines[wanted]


def chat_model(settings: Settings) -> Chat | None:
    """The configured model as one that answers; None where briefs are put together without one."""
    engine = brief_engine(settings)
    return None if isinstance(engine, ExtractiveEngine) else cast("Chat", engine)


def _made(settings: Settings) -> Engine:
    if settings.generator == "transformers":
        from ml.brief.engines.transformers import TransformersEngine, TransformersOptions  # noqa: PLC0415 - optional

        return TransformersEngine(TransformersOptions(settings.generator_model))
    if settings.generator == "openai":
        from ml.brief.engines.openai import OpenAIEngine, OpenAIOptions  # noqa: PLC0415 - only where it is configured

        key = settings.generator_key.get_secret_value() or None
        return OpenAIEngine(OpenAIOptions(settings.generator_url, settings.generator_model, key))
    return ExtractiveEngine()


def entailment_judge(settings: Settings) -> Entailment | None:
    """The configured inference model, or None."""
    if not settings.entailment_model:
        return None
    from ml.brief.engines.entailment import ClassifierEntailment  # noqa: PLC0415 - optional

    return ClassifierEntailment(settings.entailment_model)
