"""A web server on this machine, so that downloads are tested without a network."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LocalServer(ThreadingHTTPServer):
    """Serves ``contents`` (bytes by path) while it is used as a context.

    Each of ``failures`` spoils one answer: a status (400 to 599) is sent instead, any other number
    is how many bytes are sent before the connection breaks off. ``lengths`` are told as Content-Length
    instead of the truth (None: no length at all); ``slow`` is a pause in seconds after every 1,000 bytes.
    ``asked`` records (path, Range).
    """

    def __init__(self, contents, ranges=True):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.contents, self.ranges, self.failures, self.asked = contents, ranges, [], []
        self.lengths, self.slow = [], 0.0

    def address(self, path):
        return f"http://127.0.0.1:{self.server_port}{path}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        wanted = self.headers.get("Range")
        self.server.asked.append((self.path, wanted))
        failure = self.server.failures.pop(0) if self.server.failures else 0
        if 400 <= failure < 600 or self.path not in self.server.contents:
            return self.send_error(failure or 404)
        data = self.server.contents[self.path]
        start = int(wanted[6:-1]) if wanted and self.server.ranges else 0
        if start >= len(data):
            return self._unsatisfiable(len(data))
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        length = self.server.lengths.pop(0) if self.server.lengths else len(data) - start
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self._write(data[start : start + (failure or len(data))])

    def _unsatisfiable(self, length):
        self.send_response(416)
        self.send_header("Content-Range", f"bytes */{length}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _write(self, data):
        for start in range(0, len(data), 1000 if self.server.slow else len(data)):
            self.wfile.write(data[start : start + 1000] if self.server.slow else data)
            time.sleep(self.server.slow)

    def log_message(self, *_):
        pass
