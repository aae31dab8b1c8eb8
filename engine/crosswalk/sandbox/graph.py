"""The sandbox partner's schema made executable, by a small description of what each field does."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from crosswalk.sandbox.faults import Fault, Show
from crosswalk.sandbox.store import Record, Store


@dataclass(frozen=True, slots=True)
class Partner:
    """A schema and what its fields do: `create`, `void`, `find`, `lookup`, `change` (JSON file)."""

    schema: GraphQLSchema
    does: dict[str, Any]

    @property
    def number(self) -> str:
        """The field of the receipt number."""
        return str(self.does["create"]["number"])

    @property
    def voided(self) -> str:
        """The field that tells of a void."""
        return str(self.does["create"]["voided"])


CREATES = ("field", "number", "group", "voided")
"""What `create` names: the mutation, and of its receipt the number, the group and the void."""


def load(path: Path) -> Partner:
    """Read a description and the schema it names, which lies beside it.

    Raises ValueError that says which key of the description is missing.
    """
    does = json.loads(path.read_text(encoding="utf-8"))
    lacks = [key for key in ("schema", "create") if key not in does]
    lacks += [f"create.{key}" for key in CREATES if key not in does.get("create", CREATES)]
    if lacks:
        message = f"it lacks {', '.join(lacks)}"
        raise ValueError(message)
    schema = build_schema((path.parent / does["schema"]).read_text(encoding="utf-8"))
    return Partner(schema, does)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's document, ready to execute, or the errors that stand against it."""

    document: DocumentNode | None
    is_query: bool
    variables: dict[str, Any]
    errors: tuple[GraphQLError, ...] = ()


def understand(partner: Partner, body: bytes) -> Asked:
    """Parse and validate a request's JSON body."""
    try:
        content = json.loads(body)
        document = parse(content["query"])
    except (ValueError, KeyError, TypeError):
        return Asked(None, False, {}, (GraphQLError("the request cannot be read"),))  # noqa: FBT003
    except GraphQLError as error:
        return Asked(None, False, {}, (error,))  # noqa: FBT003
    operation = get_operation_ast(document)
    is_query = operation is not None and operation.operation is OperationType.QUERY
    errors = tuple(validate(partner.schema, document))
    return Asked(document, is_query, content.get("variables") or {}, errors)


def answer(partner: Partner, store: Store, asked: Asked, fault: Fault) -> dict[str, Any]:
    """Execute a request; what the fault spoils inside the answer is spoilt here."""
    if asked.document is None or asked.errors:
        return {"errors": [error.formatted for error in asked.errors]}
    result = execute_sync(
        partner.schema,
        asked.document,
        root_value=_roots(partner, store, fault),
        variable_values=asked.variables,
    )
    return dict(result.formatted)


def _roots(partner: Partner, store: Store, fault: Fault) -> dict[str, Any]:
    does = partner.does

    def create(_: object, **fields: Any) -> Record:  # noqa: ANN401 - as the schema says
        _refuse(does, fault, fields)
        return _spoilt(partner, store.create(fields), fault)

    def void(_: object, **fields: Any) -> Record:  # noqa: ANN401 - as the schema says
        found = store.void(fields[does["void"]["key"]])
        if found is None:
            raise GraphQLError("no such receipt", extensions={"code": "RECEIPT_UNKNOWN"})
        return _spoilt(partner, found, fault)

    def find(_: object, **fields: Any) -> list[Record]:  # noqa: ANN401
        return store.find(fields)

    def lookup(_: object, **fields: Any) -> Record | None:  # noqa: ANN401
        return _record(does, fields[does["lookup"]["key"]], does["lookup"]["key"])

    def change(_: object, **fields: Any) -> Record | None:  # noqa: ANN401
        found = _record(does, fields[does["change"]["key"]], does["change"]["key"])
        if found is not None:
            found.update(fields)
        return found

    work = {"create": create, "void": void, "find": find, "lookup": lookup, "change": change}
    return {does[name]["field"]: function for name, function in work.items() if name in does}


def _record(does: dict[str, Any], value: object, key: str) -> Record | None:
    return next((one for one in does["records"] if one[key] == value), None)


def _refuse(does: dict[str, Any], fault: Fault, fields: Record) -> None:
    """Refuse before anything is committed: by the fault, or because of a value."""
    if fault.show is Show.REFUSED:
        raise GraphQLError("refused", extensions={"code": "ACCOUNT_UNKNOWN"})
    for name, values in does.get("refusals", {}).items():
        if str(fields.get(name)) in values:
            raise GraphQLError("refused", extensions={"code": values[str(fields[name])]})


def _spoilt(partner: Partner, receipt: Record, fault: Fault) -> Record:
    """Return a committed receipt as the fault lets it be seen."""
    if fault.show is Show.ERRORS:
        raise GraphQLError("something went wrong", extensions={"code": "INTERNAL"})
    if fault.show is Show.PARTIAL:
        receipt[partner.number] = None  # a required field that fails: the whole receipt is null
    if fault.show is Show.ECHO:
        receipt["amount"] = "0.01"
    return receipt
