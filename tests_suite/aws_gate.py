"""Stands between a run and the simulated account: refuses what it is told to, as AWS would, and knows what was asked."""

import re
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

XML = "<ErrorResponse><Error><Type>Sender</Type><Code>{0}</Code><Message>no</Message></Error></ErrorResponse>"
EC2 = "<Response><Errors><Error><Code>{0}</Code><Message>no</Message></Error></Errors></Response>"
JSON = '{{"__type": "{0}", "message": "no"}}'


class Gate:
    """`refused`: error codes by operation, or under "*" for every one; `asked`: the operations that came, in order.

    `about`: what a refused operation has to be about, by operation, such as a replica's name; else it is let through.
    """

    def __init__(self, target):
        self.target, self.refused, self.about, self.asked = target, {}, {}, []

    def answer(self, operation, service, body):
        if self.about.get(operation, "") not in unquote(body.decode("latin-1")):
            return None
        code = self.refused.get(operation) or self.refused.get("*")
        form = EC2 if service == "ec2" else JSON if service in ("kms", "secretsmanager") else XML
        return form.format(code).encode() if code else None


def _operation(headers, path, body):
    named = re.search(r"(?:^|&)Action=(\w+)", body.decode("latin-1")) or re.search(r"/operation/(\w+)$", path)
    return named[1] if named else headers.get("X-Amz-Target", "").rpartition(".")[2]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        gate = self.server.gate
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = _operation(self.headers, self.path, body)
        service = self.headers.get("Authorization", "").partition("/aws4_request")[0].rpartition("/")[2]
        gate.asked.append(f"{'cloudwatch' if service == 'monitoring' else service}:{operation}")
        if (refusal := gate.answer(operation, service, body)) is not None:
            return self._reply(400, {"Content-Type": "text/xml"}, refusal)
        request = urllib.request.Request(gate.target + self.path, body, dict(self.headers), method="POST")
        try:
            with urllib.request.urlopen(request) as done:
                return self._reply(done.status, done.headers, done.read())
        except urllib.error.HTTPError as error:
            with error:
                return self._reply(error.code, error.headers, error.read())

    def _reply(self, status, headers, content):
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "server", "date", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        with suppress(BrokenPipeError, ConnectionResetError):  # a run that has ended does not wait for its answers
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextmanager
def gate_before(target):
    """A gate, and its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.gate = Gate(target)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.gate, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
