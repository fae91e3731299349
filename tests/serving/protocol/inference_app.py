"""The least server that speaks version 2 for one model: every line of the protocol is the module's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from workbench.serving.model import ServedModel
from workbench.serving.protocol import v2
from workbench.serving.refused import Refused

Send = Callable[[dict[str, Any]], Awaitable[None]]


class InferenceApp:
    """An ASGI application."""

    def __init__(self, served: ServedModel, entity: str | None = None) -> None:
        self.served, self.entity = served, entity
        self.asked: list[v2.Asked] = []

    async def __call__(self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        length = None
        try:
            status, content, length = 200, *self.answer(scope["path"], body, dict(scope["headers"]))
        except Refused as refused:
            status, content = refused.status, v2.refusal(refused)
        headers = [(b"content-length", b"%d" % len(content)), (b"content-type", b"application/json")]
        if length is not None:
            headers[1:] = [(b"content-type", v2.BINARY), (v2.HEADER_LENGTH, b"%d" % length)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def answer(self, path: str, body: bytes, headers: dict[bytes, bytes]) -> tuple[bytes, int | None]:
        served = self.served
        root = f"/v2/models/{served.model}"
        pages = {
            "/v2": v2.server_metadata,
            "/v2/health/live": lambda: v2.LIVE,
            "/v2/health/ready": lambda: v2.server_ready(True),
            f"{root}/ready": lambda: v2.model_ready(served.model, True),
            root: self.metadata,
        }
        if path in pages:
            return pages[path](), None
        if path not in (f"{root}/infer", f"{root}/versions/{served.version}/infer"):
            raise Refused(404, "unknown_path", f"Nothing is answered at {path}.")
        asked = v2.parse(body, headers.get(v2.HEADER_LENGTH), self.entity, served.columns)
        self.asked.append(asked)
        facts = {"prediction_id": "0192-0", "arm": "champion"}
        found = served.score(asked.batch).predictions
        return v2.answer(asked, found, model=served.model, version=str(served.version), parameters=facts)

    def metadata(self) -> bytes:
        served = self.served
        assert served.example is not None
        predictions = served.score(served.example).predictions
        return v2.model_metadata(served.model, [served.version], "lightgbm", served.columns, predictions)
