"""A small HTTP server for files, which can be told to misbehave as real ones do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Served:
    """What the server holds and how it behaves.

    Attributes:
        content: Of its only file.
        break_at: For each request in turn, the number of bytes after which the connection breaks off; whole ones after.
        ranges: Whether it can start in the middle.
        shift: Added to the position that it claims to start at.
        html: Whether it answers with a web page instead.
        gate: Waited for in the middle of each file.
        asked: The Range header of each request, "" where there was none.
    """

    content: bytes
    break_at: list[int] = field(default_factory=list)
    ranges: bool = True
    shift: int = 0
    html: bool = False
    gate: threading.Event | None = None
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range", "")
        self.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        if start and start >= len(self.content):
            request.send_error(416)
            return
        body = self.content[start:]
        request.send_response(206 if start else 200)
        if start:
            first = start + self.shift
            request.send_header("Content-Range", f"bytes {first}-{len(self.content) - 1}/{len(self.content)}")
        request.send_header("Content-Type", "text/html" if self.html else "application/octet-stream")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        end = self.break_at.pop(0) if self.break_at else len(body)
        request.wfile.write(body[: end // 2])
        if self.gate is not None:
            self.gate.wait(30)
        request.wfile.write(body[end // 2 : end])


@contextmanager
def serving(content: bytes) -> Iterator[Served]:
    """A server on this machine, for as long as the block lasts."""
    served = Served(content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}/file"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
