"""The ASGI application: finds what answers a path, and turns what goes wrong into a sentence."""

from __future__ import annotations

from workbench.serving.app import routes
from workbench.serving.app.exchange import JSON, Exchange, Gone
from workbench.serving.app.explain import Explain
from workbench.serving.app.inference import Inference
from workbench.serving.app.invocations import Invocations
from workbench.serving.app.labels import Labels
from workbench.serving.app.pages import Pages
from workbench.serving.app.routes import Handlers, Route
from workbench.serving.app.service import Service
from workbench.serving.app.standing import Standing
from workbench.serving.app.types import Receive, Scope, Send
from workbench.serving.lines import say
from workbench.serving.metrics.names import ERRORS, REFUSED
from workbench.serving.protocol import v2
from workbench.serving.refused import Broken, Refused


class App:
    """Answers HTTP requests with what stands.

    Args:
        service: what its handlers share.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self._handlers = _handlers(service)
        self._routes: dict[str, Route] = {}
        self.put(service.standing)

    def put(self, standing: Standing) -> None:
        """Let other versions serve, from the next request on; those under way are not disturbed."""
        found = routes.table(standing, self._handlers)
        self.service.standing, self._routes = standing, found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise RuntimeError(f"Only HTTP is answered here, not {scope['type']}.")
        exchange = Exchange(scope, receive, send)
        try:
            route = self._routes.get(scope["path"])
            if route is None:
                raise routes.unknown(scope["path"], self._routes, self.service.standing)
            method = scope["method"]
            if method != route.method and not (method == "HEAD" and route.method == "GET"):
                raise routes.wrong_method(method, route)
            await route.handler(route, exchange)
        except Refused as refused:
            await self._refuse(exchange, refused)
        except Gone:
            return
        except Exception as error:  # noqa: BLE001 - no trace leaves, and the worker goes on
            await self._fail(exchange, error)

    async def _refuse(self, exchange: Exchange, refused: Refused) -> None:
        metric = ERRORS if refused.status >= 500 else REFUSED
        said = {"model": refused.model, "version": refused.version, "caller": exchange.caller}
        self.service.cells.add(metric.name, {"reason": refused.code, **said})
        headers = [JSON]
        if refused.status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        if refused.status in (429, 503):
            headers.append((b"retry-after", b"1"))
        path: str = exchange.scope["path"]
        content = v2.refusal(refused) if path.startswith("/v2") else refused.body()
        await exchange.answer(refused.status, content, *headers)

    async def _fail(self, exchange: Exchange, error: Exception) -> None:
        said = {"model": "", "version": "", "caller": exchange.caller}
        if isinstance(error, Broken) and isinstance(error.__cause__, Exception):
            said |= {"model": error.model, "version": error.version}
            error = error.__cause__
        self.service.cells.add(ERRORS.name, {"reason": "internal", **said})
        say(
            "request.failed",
            "error",
            path=exchange.scope["path"],
            caller=exchange.caller,
            error=f"{type(error).__name__}: {error}",
            where=_where(error),
        )
        if not exchange.status:
            sorry = Refused(500, "internal_error", "The service could not answer this; its log says why.")
            await exchange.answer(500, sorry.body(), JSON)


def _where(error: BaseException) -> str:
    """Return the line of code that an error comes from."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else ""


def _handlers(service: Service) -> Handlers:
    pages, inference = Pages(service), Inference(service)
    predict, explain, labels = Invocations(service), Explain(service), Labels(service)
    return Handlers(
        fixed={
            "/ping": ("GET", pages.ping),
            "/health": ("GET", pages.ping),
            "/version": ("GET", pages.version),
            "/metrics": ("GET", pages.metrics),
            "/openapi.json": ("GET", pages.openapi),
            "/docs": ("GET", pages.docs),
            "/v2": ("GET", inference.server),
            "/v2/health/live": ("GET", inference.live),
            "/v2/health/ready": ("GET", inference.ready),
        },
        model={
            "/invocations": ("POST", predict),
            "/explain": ("POST", explain),
            "/feedback": ("POST", labels),
        },
        version={"/invocations": ("POST", predict), "/explain": ("POST", explain)},
        inference={
            "": ("GET", inference.model),
            "/ready": ("GET", inference.model_ready),
            "/infer": ("POST", inference.infer),
        },
    )
