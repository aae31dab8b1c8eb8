"""An invented bank whose payments come in pages: a GraphQL server on a socket of this machine."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from graphql import build_schema, graphql_sync

HERE = Path(__file__).parent / "reed"
Spoils = Callable[[int, dict[str, Any]], "dict[str, Any] | bytes"]

CURSOR = {
    "DOCUMENT": "query L($first: Int! = 3, $after: String, $since: Date) { payments(first: $first, "
    "after: $after, since: $since) { edges { node { id amount paid } } "
    "pageInfo { hasNextPage endCursor } totalCount } }",
    "ROOT": "payments",
    "VARIABLES": "{after: {type: text}, since: {type: date}}",
    "ASKS": "{since: Since}",
    "EACH": "data.payments.edges",
    "WAY": "node.",
    "PAGING": "{variable: after, next: data.payments.pageInfo.endCursor, "
    "more: data.payments.pageInfo.hasNextPage, total: data.payments.totalCount, unique: node.id}",
}
OFFSET = {
    "DOCUMENT": "query L($offset: Int!) { rows(offset: $offset, limit: 3) { id amount paid } }",
    "ROOT": "rows",
    "VARIABLES": "{offset: {type: integer, default: 0}}",
    "ASKS": "{offset: Begin}",
    "EACH": "data.rows",
    "WAY": "",
    "PAGING": "{variable: offset, count: offset}",
}
PAGE = {
    "DOCUMENT": "query L($page: Int! = 1) { pages(page: $page) { id amount paid } }",
    "ROOT": "pages",
    "VARIABLES": "{page: {type: integer}}",
    "ASKS": "{page: Begin}",
    "EACH": "data.pages",
    "WAY": "",
    "PAGING": "{variable: page, count: page, unique: id}",
}
TOKEN = {
    "DOCUMENT": "query L($token: String) "
    "{ items(nextToken: $token) { items { id amount paid } nextToken } }",
    "ROOT": "items",
    "VARIABLES": "{token: {type: text}}",
    "ASKS": "{}",
    "EACH": "data.items.items",
    "WAY": "",
    "PAGING": "{variable: token, next: data.items.nextToken}",
}
KINDS = {"cursor": CURSOR, "offset": OFFSET, "page": PAGE, "token": TOKEN}


def documents(folder: Path, url: str, kind: dict[str, str]) -> Path:
    """Write the bank's documents for one kind of paging."""
    root = folder / "project"
    (root / "mappings").mkdir(parents=True)
    (root / "mappings" / "reed.graphql").write_bytes((HERE / "reed.graphql").read_bytes())
    text = (HERE / "documents.yaml.txt").read_text("utf-8").replace("URL", url)
    for word, said in kind.items():
        text = text.replace(word, said)
    for part in text.split("== ")[1:]:
        name, _, body = part.partition("\n")
        (root / "mappings" / name).write_text(body, "utf-8")
    return root


class Bank:
    """A bank with payments; `asked` are the variables of each question in turn."""

    def __init__(self, count: int, spoils: Spoils | None = None) -> None:
        self.payments = [
            {"id": f"p{n}", "amount": f"{n}.50", "paid": f"2026-01-{n % 28 + 1:02}"}
            for n in range(count)
        ]
        self.asked: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self._spoils = spoils
        self._schema = build_schema((HERE / "reed.graphql").read_text("utf-8"))

    def answer(self, body: bytes) -> bytes:
        given = json.loads(body)
        self.asked.append(given["variables"])
        result = graphql_sync(
            self._schema, given["query"], _Root(self), variable_values=given["variables"]
        )
        made: Any = dict(result.formatted)
        if self._spoils is not None:
            made = self._spoils(len(self.asked), made)
        return made if isinstance(made, bytes) else json.dumps(made).encode()

    def rows(self, _: object, offset: int, limit: int) -> list[dict[str, str]]:
        return self.payments[offset : offset + min(limit, 2)]

    def pages(self, _: object, page: int) -> list[dict[str, str]]:
        return self.payments[(page - 1) * 3 : page * 3]

    def items(self, _: object, nextToken: str | None = None) -> dict[str, Any]:  # noqa: N803
        at = int(nextToken or 0)
        more = str(at + 3) if at + 3 < len(self.payments) else None
        found = [] if at == 3 else self.payments[at : at + 3]
        return {"items": found, "nextToken": more}

    def connection(self, first: int, after: str | None, since: str | None) -> dict[str, Any]:
        known = [one for one in self.payments if since is None or one["paid"] >= since]
        at = next((n + 1 for n, one in enumerate(known) if one["id"] == after), 0)
        found = known[at : at + first]
        last = found[-1]["id"] if found else None
        info = {"hasNextPage": at + first < len(known), "endCursor": last}
        edges = [{"node": one} for one in found]
        return {"edges": edges, "pageInfo": info, "totalCount": len(known)}


class _Root:
    """The bank as graphql sees it: its payments are a field that takes arguments."""

    def __init__(self, bank: Bank) -> None:
        self.rows, self.pages, self.items = bank.rows, bank.pages, bank.items
        self._bank = bank

    def payments(self, _: object, first: int, **more: Any) -> dict[str, Any]:
        return self._bank.connection(first, more.get("after"), more.get("since"))


@contextmanager
def serve(bank: Bank) -> Iterator[str]:
    """Serve on a free port; gives the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bank.tokens.append(self.headers.get("Authorization", ""))
            said = bank.answer(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/graphql"
        server.shutdown()
