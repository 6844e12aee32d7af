"""A server for Git LFS: its batch API and basic transfers (github.com/git-lfs/git-lfs, docs/api)."""

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Lfs:
    """The server: its address, and what it keeps by sha256."""

    url: str
    objects: dict[str, bytes] = field(default_factory=dict)

    def keep(self, content: bytes) -> str:
        """Keep this; what stands for it in a repository."""
        number = hashlib.sha256(content).hexdigest()
        self.objects[number] = content
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{number}\nsize {len(content)}\n"


@contextlib.contextmanager
def lfs() -> Iterator[Lfs]:
    """A server on a free port, stopped with the block."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            pass

        def do_POST(self) -> None:
            wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["objects"]
            found = [one | _where(kept, one["oid"]) for one in wanted]
            self._answer(json.dumps({"transfer": "basic", "objects": found}).encode(), "application/vnd.git-lfs+json")

        def do_GET(self) -> None:
            self._answer(kept.objects[self.path.rpartition("/")[2]], "application/octet-stream")

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Lfs(f"http://127.0.0.1:{server.server_port}/lfs")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()


def _where(kept: Lfs, number: str) -> dict[str, object]:
    if number not in kept.objects:
        return {"error": {"code": 404, "message": "Object does not exist"}}
    return {"actions": {"download": {"href": f"{kept.url}/objects/{number}"}}}
