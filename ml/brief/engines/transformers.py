"""A chat model run in this process by Hugging Face transformers, from a folder or a hub id. Needs the extra `llm`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ml.brief.contract import Draft, EngineError, Pack
from ml.brief.engines.conversation import OPENING, PROMPT_VERSION, messages, parse, shown_passages

_INSTALL = "transformers and torch are not installed: install the extra `llm`"


@dataclass(frozen=True, slots=True)
class TransformersOptions:
    """`model` is a folder or a hub id. Decoding is greedy, so the seed matters only to models that sample inside."""

    model: str
    batch_size: int = 4
    max_new_tokens: int = 900
    seed: int = 7
    device: str = "cpu"


class TransformersEngine:
    """Loads the model at the first draft and keeps it; drafts in left-padded batches."""

    def __init__(self, options: TransformersOptions) -> None:
        self._options = options
        self._tokenizer: Any = None
        self._model: Any = None

    @property
    def name(self) -> str:
        """`transformers`, model, prompt version and the options that decide the outcome."""
        o = self._options
        return f"transformers:{o.model}:{PROMPT_VERSION}:{o.seed}:{o.max_new_tokens}"

    def draft(self, packs: Sequence[Pack]) -> list[list[Draft] | EngineError]:
        """Drafts for each pack; when the model cannot be loaded or run, an error for each."""
        try:
            self._load()
        except EngineError as error:
            return [error for _ in packs]
        results: list[list[Draft] | EngineError] = []
        size = max(1, self._options.batch_size)
        for start in range(0, len(packs), size):
            results += self._batch(packs[start : start + size])
        return results

    @property
    def remote(self) -> bool:
        return False

    def reply(self, conversation: list[dict[str, str]], opening: str) -> str:
        """The model's answer to a conversation, made to begin with `opening`. Raises EngineError, also for a
        conversation that does not fit into the model."""
        self._load()
        prompt = self._opened(conversation, opening)
        if self._length(prompt) + self._new_tokens() > self._room():
            raise EngineError("the text is too long for the model")
        return opening + self._written([prompt])[0]

    def _load(self) -> None:
        """Load the model unless it is there. Raises EngineError."""
        if self._model is not None:
            return
        try:
            self._load_model()
        except ImportError as error:
            raise EngineError(_INSTALL) from error
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise EngineError(f"the model could not be loaded ({type(error).__name__})") from error

    def _load_model(self) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed  # noqa: PLC0415 - heavy and optional

        set_seed(self._options.seed)
        tokenizer = AutoTokenizer.from_pretrained(self._options.model, padding_side="left")
        if tokenizer.chat_template is None:
            raise ValueError("the tokenizer has no chat template")
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        model = AutoModelForCausalLM.from_pretrained(self._options.model, use_safetensors=True)
        self._tokenizer, self._model = tokenizer, model.to(self._options.device).eval()

    def _batch(self, packs: Sequence[Pack]) -> list[list[Draft] | EngineError]:
        prompts, aliases = [], []
        for pack in packs:
            prompt, names = self._prompt(pack)
            prompts.append(prompt)
            aliases.append(names)
        try:
            replies = self._written(prompts)
        except EngineError as error:
            return [error for _ in packs]
        results: list[list[Draft] | EngineError] = []
        for reply, names in zip(replies, aliases, strict=True):
            try:
                results.append(parse(OPENING + reply, names))
            except EngineError as error:
                results.append(error)
        return results

    def _written(self, prompts: Sequence[str]) -> list[str]:
        """What the model writes after each prompt, in one left-padded batch. Raises EngineError."""
        import torch  # noqa: PLC0415 - heavy and optional
        from transformers import set_seed  # noqa: PLC0415

        try:
            set_seed(self._options.seed)
            batch = self._tokenizer(prompts, return_tensors="pt", padding=True, add_special_tokens=False)
            batch = {name: value.to(self._options.device) for name, value in batch.items() if name != "token_type_ids"}
            with torch.inference_mode():
                out = self._model.generate(
                    **batch,
                    do_sample=False,
                    max_new_tokens=self._new_tokens(),
                    pad_token_id=self._tokenizer.pad_token_id,
                )
            begun = batch["input_ids"].shape[1]
            return list(self._tokenizer.batch_decode(out[:, begun:], skip_special_tokens=True))
        except (RuntimeError, ValueError, IndexError) as error:
            raise EngineError(f"the model failed while writing ({type(error).__name__})") from error

    def _room(self) -> int:
        """Tokens that fit into the model."""
        return int(getattr(self._model.config, "max_position_embeddings", None) or 4096)

    def _new_tokens(self) -> int:
        return min(self._options.max_new_tokens, max(16, self._room() // 3))

    def _prompt(self, pack: Pack) -> tuple[str, dict[str, str]]:
        """The prompt with as many passages as fit, most concrete first, and the reply's opening."""
        passages = shown_passages(pack)
        while True:
            conversation, aliases = messages(pack, passages)
            prompt = self._opened(conversation, OPENING)
            if self._length(prompt) + self._new_tokens() <= self._room() or len(passages) <= 1:
                return prompt, aliases
            passages = shown_passages(pack, max(1, len(passages) * 2 // 3))

    def _opened(self, conversation: list[dict[str, str]], opening: str) -> str:
        written = self._tokenizer.apply_chat_template(conversation, tokenize=False, add_generation_prompt=True)
        return str(written) + opening

    def _length(self, prompt: str) -> int:
        return len(self._tokenizer(prompt, add_special_tokens=False)["input_ids"])
