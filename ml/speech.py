"""The samples of a voice note become text, by a speech recognition model of transformers. Needs the extra `llm`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.sound import SpeechError


class Transcriber:
    """Loads the model at the first recording and keeps it. `model` is a folder or a hub id."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._recognise: Any = None

    def hear(self, samples: NDArray[np.float32], rate: int) -> str:
        """The words in samples at a rate in hertz, as `ml.sound.read` gives them. Raises SpeechError."""
        recognise = self._loaded()
        wanted = int(recognise.feature_extractor.sampling_rate)
        try:
            found = recognise({"raw": _resampled(samples, rate, wanted), "sampling_rate": wanted})
        except (RuntimeError, ValueError) as error:
            raise SpeechError(
                "unreadable", f"the model could not read the recording ({type(error).__name__})"
            ) from error
        return str(found["text"]).strip()

    def _loaded(self) -> Any:
        if self._recognise is None:
            try:
                from transformers import pipeline  # noqa: PLC0415 - heavy and optional

                self._recognise = pipeline("automatic-speech-recognition", model=self._model)
            except ImportError as error:
                message = "transformers and torch are not installed: install the extra `llm`"
                raise SpeechError("model_unavailable", message) from error
            except (OSError, ValueError, RuntimeError) as error:
                message = f"the speech model could not be loaded ({type(error).__name__})"
                raise SpeechError("model_unavailable", message) from error
        return self._recognise


def _resampled(samples: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    """Linear interpolation to the rate that the model wants."""
    if rate == wanted:
        return samples
    count = max(1, round(len(samples) * wanted / rate))
    places = np.arange(count) * (rate / wanted)
    return np.asarray(np.interp(places, np.arange(len(samples)), samples), np.float32)
