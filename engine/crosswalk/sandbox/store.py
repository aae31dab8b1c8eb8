"""The sandbox partner's books: receipts in a file of its own, nothing is deduplicated."""

import json
import threading
import time
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Store:
    """Receipts and voids as JSON lines in `path`, read again at the next start.

    `number` is the field of the receipt number, `voided` the field that tells of a void; numbers
    look like `5.00001` when `group` is `5`.
    """

    def __init__(self, path: Path, number: str, voided: str, group: str) -> None:
        self._path = path
        self._number = number
        self._voided = voided
        self._group = group
        self._lock = threading.Lock()
        self._receipts: list[Record] = []
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._apply(json.loads(line))

    def create(self, fields: Record) -> Record:
        """Commit one more receipt and return it."""
        with self._lock:
            number = f"{self._group}.{len(self._receipts) + 1:05d}"
            entry = {"create": fields | {self._number: number, self._voided: False}}
            self._write(entry)
            return dict(self._receipts[-1])

    def void(self, number: str) -> Record | None:
        """Mark a receipt as voided (each void is written down); None when there is no such one."""
        with self._lock:
            found = next((one for one in self._receipts if one[self._number] == number), None)
            if found is None:
                return None
            self._write({"void": number})
            return dict(found)

    def find(self, wanted: Record) -> list[Record]:
        """Return the receipts whose fields equal all of `wanted`."""
        with self._lock:
            return [
                dict(one)
                for one in self._receipts
                if all(one.get(name) == value for name, value in wanted.items())
            ]

    def voids(self, number: str) -> int:
        """Return how often a receipt was voided."""
        with self._lock:
            return sum(
                one.get("_voids", 0) for one in self._receipts if one[self._number] == number
            )

    def _write(self, entry: Record) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry | {"at": time.time()}) + "\n")
        self._apply(entry)

    def _apply(self, entry: Record) -> None:
        if "create" in entry:
            self._receipts.append(dict(entry["create"]))
            return
        for one in self._receipts:
            if one[self._number] == entry["void"]:
                one[self._voided] = True
                one["_voids"] = one.get("_voids", 0) + 1
