"""The ASGI application of a worker: no framework stands between a request and its answer."""
