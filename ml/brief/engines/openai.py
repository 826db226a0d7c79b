"""Any server that speaks the OpenAI chat form: vLLM, `transformers serve`, Ollama, or a hosted one. httpx only.

Text leaves the machine only if the operator configured such a server elsewhere, and then without names and contact
data (`ml.brief.masking`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx

from ml.brief.contract import Draft, EngineError, Pack
from ml.brief.engines.conversation import PROMPT_VERSION, messages, parse, shown_passages
from ml.brief.masking import Mask

LARGEST_REPLY = 2_000_000
"""Bytes of a reply that are read."""


@dataclass(frozen=True, slots=True)
class OpenAIOptions:
    """`url` is the part before `/chat/completions`, for example `http://127.0.0.1:8000/v1`."""

    url: str
    model: str
    key: str | None = None
    max_tokens: int = 1200
    seed: int = 7
    timeout: float = 120.0
    """Seconds for one reply."""

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise ValueError("the generator's URL must begin with http:// or https://")


class OpenAIEngine:
    """One request a pack, temperature 0, seeded. Redirects are not followed, proxies of the environment not used."""

    def __init__(self, options: OpenAIOptions) -> None:
        self._options = options

    @property
    def name(self) -> str:
        """`openai`, model, prompt version and seed; the address is not part of it."""
        return f"openai:{self._options.model}:{PROMPT_VERSION}:{self._options.seed}:{self._options.max_tokens}"

    def draft(self, packs: Sequence[Pack]) -> list[list[Draft] | EngineError]:
        """Drafts for each pack; a request that fails is that pack's error."""
        results: list[list[Draft] | EngineError] = []
        with self._client() as client:
            for pack in packs:
                try:
                    results.append(self._draft(client, pack))
                except EngineError as error:
                    results.append(error)
        return results

    def _draft(self, client: httpx.Client, pack: Pack) -> list[Draft]:
        passages = shown_passages(pack)
        mask = Mask([passage.text for passage in passages], (*pack.subject_names, *pack.options.people))
        conversation, aliases = messages(pack, passages, mask.hide)
        drafts = parse(self._ask(client, conversation), aliases)
        return [replace(draft, text=mask.reveal(draft.text)) for draft in drafts]

    @property
    def remote(self) -> bool:
        return True

    def reply(self, conversation: list[dict[str, str]], opening: str) -> str:
        """The server's answer to a conversation in which nothing is hidden here. `opening` is not sent: such a server
        begins its own answer. Raises EngineError."""
        del opening
        with self._client() as client:
            return self._ask(client, conversation)

    def _client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self._options.key}"} if self._options.key else {}
        return httpx.Client(timeout=self._options.timeout, headers=headers, trust_env=False)

    def _ask(self, client: httpx.Client, conversation: list[dict[str, str]]) -> str:
        body = {
            "model": self._options.model,
            "messages": conversation,
            "temperature": 0,
            "seed": self._options.seed,
            "max_tokens": self._options.max_tokens,
            "stream": False,
        }
        address = f"{self._options.url.rstrip('/')}/chat/completions"
        late = EngineError(f"the generator's server took longer than {self._options.timeout:g} s")
        deadline = time.monotonic() + self._options.timeout
        try:
            with client.stream("POST", address, json=body) as response:
                if response.status_code != httpx.codes.OK:
                    raise EngineError(f"the generator's server answered {response.status_code}")
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    if time.monotonic() > deadline:
                        # The client's own limit is for each piece: a server that drips would never meet it.
                        raise late
                    if len(content) > LARGEST_REPLY:
                        raise EngineError("the generator's reply is too large")
        except httpx.TimeoutException as error:
            raise late from error
        except httpx.HTTPError as error:
            raise EngineError(f"the generator's server cannot be reached ({type(error).__name__})") from error
        return _reply_text(bytes(content))


def _reply_text(content: bytes) -> str:
    try:
        reply: Any = json.loads(content)
        text = reply["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise EngineError("the generator's reply is not a chat completion") from error
    if not isinstance(text, str):
        raise EngineError("the generator's reply has no text")
    return text
