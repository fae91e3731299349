"""Plays the page's part for `ipywidgets.Output`, so that what it captures is captured headless too."""

from __future__ import annotations

from typing import Any

from nbclient.jsonutil import json_clean
from nbclient.output_widget import OutputWidget


class CapturingWidget(OutputWidget):  # type: ignore[misc]
    """Tells the kernel what was captured, without making the session deaf.

    jupyter_client sends past the event loop. A reply that arrives in that moment wakes nobody, and whoever
    waits for it waits for ever: a cell with an Output widget hung in one of some hundred times. Sent
    through the loop's own socket, the reply is noticed.
    """

    def _publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,  # noqa: ARG002 - outputs have none
        **keys: Any,
    ) -> None:
        content = json_clean({"data": data or {}, "comm_id": self.comm_id, **keys})
        session, socket = self.kernel_client.session, self.kernel_client.shell_channel.socket
        message = session.msg(msg_type, content=content, parent=self.parent_header, metadata=metadata or {})
        socket.send_multipart(session.serialize(message))


REGISTRY = {"@jupyter-widgets/output": {"OutputModel": CapturingWidget}}
