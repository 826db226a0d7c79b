"""Natural-language inference by a `text-classification` model of transformers. Needs the extra `llm`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ml.brief.contract import EngineError, Note, Sentence


class ClassifierEntailment:
    """Sees nothing but each sentence and its cited notes; its verdict can only lower the confidence."""

    def __init__(self, model: str, batch_size: int = 16) -> None:
        self._model = model
        self._batch_size = batch_size
        self._classify: Any = None

    def confidence(self, sentences: Sequence[Sentence], notes: Mapping[str, Note]) -> list[float]:
        """The probability of entailment by the cited notes, where it is below the sentence's confidence.

        Raises EngineError when the model cannot be loaded or has no label for entailment.
        """
        if not sentences:
            return []
        pairs = [
            {"text": " ".join(notes[note_id].text for note_id in sentence.citations), "text_pair": sentence.text}
            for sentence in sentences
        ]
        verdicts = self._classifier()(pairs, top_k=None, batch_size=self._batch_size, truncation=True)
        result = []
        for sentence, verdict in zip(sentences, verdicts, strict=True):
            scores = [float(each["score"]) for each in verdict if each["label"].lower().startswith("entail")]
            if not scores:
                raise EngineError("the entailment model has no label that begins with 'entail'")
            result.append(min(sentence.confidence, scores[0]))
        return result

    def _classifier(self) -> Any:
        if self._classify is None:
            try:
                from transformers import pipeline  # noqa: PLC0415 - heavy and optional

                self._classify = pipeline("text-classification", model=self._model)
            except ImportError as error:
                raise EngineError("transformers and torch are not installed: install the extra `llm`") from error
            except (OSError, ValueError, RuntimeError) as error:
                raise EngineError(f"the entailment model could not be loaded ({type(error).__name__})") from error
        return self._classify
