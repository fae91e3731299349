"""What a service tells of itself: whether it is well, its version, its metrics, how to call it."""

from __future__ import annotations

import asyncio
import html
import json
from functools import cache
from importlib.metadata import version
from typing import Any

from workbench.serving.app.exchange import JSON, Exchange
from workbench.serving.app.routes import Route
from workbench.serving.app.service import Service
from workbench.serving.app.standing import Standing
from workbench.serving.app.types import Header
from workbench.serving.metrics.page import CONTENT_TYPE, metrics_page

HTML: Header = (b"content-type", b"text/html; charset=utf-8")
_SAFE: Header = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'")


class Pages:
    """Answers the pages that need no model.

    Args:
        service: what serves.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._described: tuple[int, dict[str, Any]] | None = None

    async def ping(self, route: Route, exchange: Exchange) -> None:  # noqa: ARG002 - a handler's signature
        """Answer whether the service is well, as MLflow does: 200 with an empty line."""
        well = self._service.standing.models and not self._service.stopping
        await exchange.answer(200 if well else 503, b"\n", JSON)

    async def version(self, route: Route, exchange: Exchange) -> None:  # noqa: ARG002
        """Answer MLflow's version, as MLflow does."""
        await exchange.answer(200, _mlflow(), JSON)

    async def metrics(self, route: Route, exchange: Exchange) -> None:  # noqa: ARG002
        """Answer the counts of all workers."""
        await self._service.admit(exchange, "metrics")
        page = await asyncio.to_thread(metrics_page, self._service.counted)
        await exchange.answer(200, page, (b"content-type", CONTENT_TYPE))

    async def openapi(self, route: Route, exchange: Exchange) -> None:  # noqa: ARG002
        """Answer the OpenAPI document."""
        content = json.dumps(self._document(), ensure_ascii=False).encode()
        await exchange.answer(200, content, JSON)

    async def docs(self, route: Route, exchange: Exchange) -> None:  # noqa: ARG002
        """Answer a page for people."""
        await exchange.answer(200, page(self._service.standing, self._document()).encode(), HTML, _SAFE)

    def _document(self) -> dict[str, Any]:
        from workbench.serving.protocol.openapi import document

        standing = self._service.standing
        if self._described is None or self._described[0] != standing.number:
            models = [deployed.champion.served for deployed in standing.models.values()]
            self._described = (standing.number, document(models))
        return self._described[1]


@cache
def _mlflow() -> bytes:
    return version("mlflow").encode()


def page(standing: Standing, document: dict[str, Any]) -> str:
    """Return the page that says what is answered here, with an example to copy for each path."""
    rows = []
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            body = _example(operation)
            shown = f"<pre>{html.escape(json.dumps(body, ensure_ascii=False))}</pre>" if body else ""
            summary = html.escape(str(operation.get("summary", "")))
            title = f"<code>{method.upper()} {html.escape(path)}</code>"
            rows.append(f"<section><h2>{title}</h2><p>{summary}</p>{shown}</section>")
    serving = "".join(f"<li>{html.escape(line)}</li>" for line in arms(standing))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Models that answer here</title><style>"
        "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "h2{font-size:1rem;margin:1.5rem 0 .2rem}p{margin:.2rem 0}"
        "pre{background:#f3f5f7;padding:.7rem;overflow:auto;border-radius:6px}</style>"
        f"<h1>Models that answer here</h1><ul>{serving}</ul>"
        "<p>The same for programs: <a href=/openapi.json>/openapi.json</a></p>" + "".join(rows) + "</html>"
    )


def arms(standing: Standing) -> list[str]:
    """Return a line for each version that serves: which, in which part, with what share."""
    lines = []
    for each in standing.models.values():
        share = each.share if each.challenger else 0.0
        lines.append(f"{each.model}: version {each.champion.version} is champion, {1 - share:.0%}")
        if each.challenger:
            lines.append(f"{each.model}: version {each.challenger.version} is challenger, {share:.0%}")
        lines += [f"{each.model}: version {shadow.version} is a shadow" for shadow in each.shadows]
    return lines


def _example(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in content:
        return content["example"]
    return next((each.get("value") for each in content.get("examples", {}).values()), None)
