"""Operations: one static GraphQL document, the record of its variables, the record of its answer.

Both records are layouts, so a mapping fills the variables and reads the answer like any file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crosswalk.delivery.capability import Effect, Idempotency, Lookup, OnAbsent, Refusal, Success
from crosswalk.delivery.capability import Operation as Capability
from crosswalk.delivery.pages import Paging
from crosswalk.documents.access import child, flag, mapping, number, scalar, scalars, text
from crosswalk.documents.installed import read_installed
from crosswalk.documents.source import Entry, Map, Node, Scalar, plain
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.formats.jsonshape import ITSELF
from crosswalk.model.layout import Layout
from crosswalk.operations.paging import places_of, read_paging
from crosswalk.operations.token import Token, read_token
from crosswalk.planning.read_layout import read_layout

VARIABLES, RESPONSE, ERROR = "variables", "response", "error"
"""What the records are called in mappings."""

NULL, EMPTY, OMIT = "null", "empty", "omit"
"""How a variable without a value travels: null, as empty text, or not at all."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a partner.

    `document` is its GraphQL text as written; `schema` the partner's SDL, a path beside the
    document. `endpoint` is the setting of its URL, `hosts` and `test` those that say which hosts
    may be asked and whether it is a test endpoint; `credentials` settings of secrets by what they
    are (username, password, token), `headers` those of headers that carry a secret, `constants`
    other headers (each a text, or a setting where True), `token` how a token is had. `installed`
    are settings that say what the biller's partner runs: `version` and `licences`. `none` says by
    record and field how no value travels; `keep_errors` whether an answer with errors is mapped all
    the same; `texts` and `answer_texts` which objects travel as JSON
    text; `paging` how a list is read to its end.
    """

    name: str
    version: str
    document: Scalar
    schema: Scalar
    endpoint: Scalar
    hosts: Scalar | None
    test: Scalar | None
    credentials: Mapping[str, Scalar]
    headers: Mapping[str, Scalar]
    constants: Mapping[str, tuple[Scalar, bool]]
    token: Token | None
    minimum_version: Scalar | None
    licences: tuple[str, ...]
    installed: Mapping[str, Scalar]
    capability: Capability | None
    variables: Layout
    response: Layout | None
    each: Scalar | None
    none: Mapping[tuple[str, str], str]
    keep_errors: bool
    paging: Paging | None
    texts: tuple[tuple[str, ...], ...]
    answer_texts: tuple[tuple[str, ...], ...]
    lookup_document: Scalar | None
    node: Map = field(repr=False)

    @property
    def span(self) -> Span:
        """The place of the whole document."""
        return self.node.span


def read_operation(node: Map) -> tuple[Operation | None, list[Diagnostic]]:
    """Build the operation of an effective document whose shape was checked, and the findings.

    None when its document or one of its records cannot be read.
    """
    variables, findings = _variables(node)
    response, wrong = _response(node)
    findings += wrong
    document, sdl = scalar(node, "document"), scalar(node, "schema")
    endpoint = _setting(mapping(node, "endpoint"))
    if variables is None or document is None or sdl is None or endpoint is None or wrong:
        return None, findings
    block, answer = mapping(node, "capability"), mapping(node, RESPONSE)
    lookup = mapping(block, "lookup") if block is not None else None
    made = Operation(
        name=text(node, "name") or "",
        version=text(node, "version") or "",
        document=document,
        schema=sdl,
        endpoint=endpoint,
        hosts=_setting(mapping(mapping(node, "endpoint") or node, "hosts")),
        test=_setting(mapping(mapping(node, "endpoint") or node, "test")),
        credentials=_settings(mapping(node, "credentials")),
        headers=_settings(mapping(mapping(node, "credentials") or node, "headers")),
        constants=_constants(mapping(mapping(node, "endpoint") or node, "headers")),
        token=read_token(node),
        minimum_version=scalar(node, "minimum_version"),
        licences=tuple(one.text for one in scalars(node, "licences")),
        installed=read_installed(node),
        capability=None if block is None else _capability(node, block, variables),
        variables=variables,
        response=response,
        each=scalar(answer, "each") if answer is not None else None,
        none=_none(node),
        keep_errors=answer is not None and text(answer, "errors") == "keep",
        paging=read_paging(node, variables, text(answer, "each") if answer is not None else None),
        texts=_as_text(mapping(node, VARIABLES)),
        answer_texts=_as_text(answer),
        lookup_document=scalar(lookup, "document") if lookup is not None else None,
        node=node,
    )
    return made, findings


def _setting(node: Map | None) -> Scalar | None:
    return None if node is None else scalar(node, "setting")


def _settings(node: Map | None) -> dict[str, Scalar]:
    entries = node.entries if node is not None else {}
    found = {
        key: _setting(entry.value) for key, entry in entries.items() if isinstance(entry.value, Map)
    }
    return {key: setting for key, setting in found.items() if setting is not None}


def _constants(node: Map | None) -> dict[str, tuple[Scalar, bool]]:
    """Give the headers that carry no secret: the text of each, or its setting (then True)."""
    found: dict[str, tuple[Scalar, bool]] = {}
    for name, entry in (node.entries if node is not None else {}).items():
        body = entry.value
        if isinstance(body, Map):
            value, setting = scalar(body, "value"), _setting(body)
            if value is not None and setting is None:
                found[name] = (value, False)
            elif setting is not None:
                found[name] = (setting, True)
    return found


def _none(node: Map) -> dict[tuple[str, str], str]:
    """Give how what has no value travels, by record and field; of a list by its record and `.`."""
    body = mapping(node, VARIABLES) or node
    found: dict[tuple[str, str], str] = {}
    for name, record in {VARIABLES: body, **_records(body)}.items():
        found[name, ITSELF] = _travels(record)
        fields = mapping(record, "fields")
        for key, entry in (fields.entries if fields is not None else {}).items():
            if isinstance(entry.value, Map):
                found[name, key] = _travels(entry.value)
    return found


def _travels(node: Map) -> str:
    """Give `none` of a field or a list: what was not given is not sent, unless it says null."""
    return (text(node, "none") or NULL) if "none" in node.entries else OMIT


def _records(body: Map) -> dict[str, Map]:
    """Give the records of the lists that a record holds, by name."""
    named = mapping(body, "records")
    entries = named.entries if named is not None else {}
    return {key: one.value for key, one in entries.items() if isinstance(one.value, Map)}


def _structure(body: Map, name: str, beside: str = "") -> Scalar:
    """Give the structure of a record with its lists, at the place where they are written."""
    written = scalar(body, "structure")
    inside = ", ".join(filter(None, [written.text if written is not None else "", beside]))
    whole = f"{name}*({inside})" if inside else f"{name}*"
    return Scalar(written.span if written is not None else body.span, whole, whole, plain=False)


# --- the two records ---------------------------------------------------------------------


def _variables(node: Map) -> tuple[Layout | None, list[Diagnostic]]:
    body = mapping(node, VARIABLES)
    if body is None:
        return None, []
    records = {VARIABLES: body, **_records(body)}
    made = _layout(node, body, _structure(body, VARIABLES), records)
    checks = mapping(body, "checks")
    if checks is not None:
        about = {"record": _word(body, VARIABLES)}
        laws = {
            name: Map(one.span, {**_map(body, about).entries, **one.entries})
            for name, entry in checks.entries.items()
            if isinstance(one := entry.value, Map)
        }
        made = Map(made.span, {**made.entries, **_map(body, {"checks": _map(body, laws)}).entries})
    return _read(made)


def _read(node: Map) -> tuple[Layout | None, list[Diagnostic]]:
    """Read a layout; what stands twice is told by the partner's schema, which knows the lists."""
    layout, findings = read_layout(node)
    return layout, [one for one in findings if one.code != "CW439"]


def _response(node: Map) -> tuple[Layout | None, list[Diagnostic]]:
    """Read the record of the answer; beside it the partner's errors, as records of their own."""
    body = mapping(node, RESPONSE)
    if body is None:
        return None, []
    each = scalar(body, "each")
    if each is not None:
        record = _map(body, {"path": each, "fields": child(body, "fields") or _map(body, {})})
        file = {"form": "json", "extra_columns": "ignore"}
        records = {RESPONSE: record, **_records(body)}
        return _read(_layout(node, body, _structure(body, RESPONSE), records, file))
    records = {RESPONSE: body, **_records(body), ERROR: _errors(body, _code(node))}
    return _read(_layout(node, body, _structure(body, RESPONSE, f"{ERROR}*"), records))


def _code(node: Map) -> str:
    """Give where each error has its code."""
    block = mapping(node, "capability")
    return (text(block, "error_code") if block is not None else None) or "extensions.code"


def _errors(at: Map, code: str) -> Map:
    """Give the record of one error: its message, and its code where the partner gives one."""
    fields = {
        "message": {"type": "text"},
        "code": {"type": "code", "path": code},
    }
    inner = {
        key: _map(at, {k: _word(at, v) for k, v in one.items()}) for key, one in fields.items()
    }
    return _map(at, {"path": _word(at, "errors"), "fields": _map(at, inner)})


def _layout(
    node: Map,
    at: Map,
    structure: Scalar,
    records: Mapping[str, Map],
    file: Mapping[str, str] | None = None,
) -> Map:
    """Make the layout document that such a record stands for, with the places of its fields."""
    form = file or {"form": "json-lines", "extra_columns": "ignore"}
    entries: dict[str, Node] = {
        key: node.entries[key].value for key in ("name", "version") if key in node.entries
    }
    return _map(
        at,
        {
            **entries,
            "file": _map(at, {key: _word(at, value) for key, value in form.items()}),
            "structure": structure,
            "records": _map(at, records),
        },
    )


def _word(at: Map, text: str) -> Scalar:
    return Scalar(at.span, text, text, plain=False)


def _map(at: Map, entries: Mapping[str, Node]) -> Map:
    return Map(at.span, {key: Entry(_word(at, key), value) for key, value in entries.items()})


# --- what the partner promises -----------------------------------------------------------


def _capability(node: Map, block: Map, variables: Layout) -> Capability:
    """Read the capability block (delivery 3.6); what it leaves out is the safe value."""
    success = mapping(block, "success")
    default = Capability("", "", Success(("data",)))
    endpoint = _setting(mapping(node, "endpoint"))
    return Capability(
        name=text(node, "name") or "",
        endpoint=endpoint.text if endpoint is not None else "",
        success=Success(_path(success), *_repeated(success, "echo"), _expected(success)),
        refusal=_refusal(mapping(block, "refusal")),
        effect=Effect(text(block, "effect") or default.effect),
        deadline_s=_seconds(block, "deadline_s", default.deadline_s),
        max_processing_s=_seconds(block, "max_processing_s", default.max_processing_s),
        max_attempts=_count(block, "max_attempts", default.max_attempts),
        auth_before_execute=flag(block, "auth_before_execute", default=True),
        throttle_before_execute=flag(block, "throttle_before_execute", default=True),
        amounts=frozenset(_texts(block, "amounts")) or default.amounts,
        definite_rejects=frozenset(_texts(block, "definite_rejects")),
        lookup=_lookup(mapping(block, "lookup")),
        on_absent=OnAbsent(text(block, "on_absent") or default.on_absent),
        places=places_of(variables),
        error_code=_path(block, "error_code")
        if "error_code" in block.entries
        else default.error_code,
        throttle_codes=frozenset(_texts(block, "throttle_codes")),
        idempotency=_idempotency(mapping(block, "idempotency")),
    )


def _expected(success: Map | None) -> dict[tuple[str, ...], tuple[object, ...]]:
    """Give the places of the answer that tell success, each with the values it may have."""
    named = mapping(success, "expect") if success is not None else None
    return {
        tuple(path.split(".")): tuple(one.value for one in scalars(named, path))
        for path in (named.entries if named is not None else {})
        if named is not None
    }


def _idempotency(node: Map | None) -> Idempotency | None:
    if node is None:
        return None
    return Idempotency(text(node, "header") or "", _seconds(node, "lasts_h", 24.0) * 3600)


def _repeated(node: Map | None, key: str) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Give the fields of ours that the partner repeats, and where, as far as that is said."""
    named = mapping(node, key) if node is not None else None
    if named is None:
        return _texts(node, key), {}
    theirs = {name: tuple((text(named, name) or name).split(".")) for name in named.entries}
    return tuple(theirs), theirs


def _refusal(node: Map | None) -> Refusal | None:
    if node is None:
        return None
    code, message = text(node, "code"), text(node, "message")
    values = frozenset(_texts(node, "values"))
    return Refusal(_path(node), code, message, flag(node, "definite"), values)


def _lookup(node: Map | None) -> Lookup | None:
    if node is None:
        return None
    expect = mapping(node, "expect")
    expected = plain(expect) if expect is not None else {}
    match, theirs = _repeated(node, "match")
    return Lookup(
        document=text(node, "document") or "",
        key=text(node, "key") or "",
        path=_path(node),
        reference=text(node, "reference") or "",
        match=match,
        theirs=theirs,
        more=_path(node, "more") if "more" in node.entries else None,
        expect=expected if isinstance(expected, dict) else {},
        variable=text(node, "variable"),
        read_after_write=flag(node, "read_after_write"),
    )


def _path(node: Map | None, key: str = "path") -> tuple[str, ...]:
    path = text(node, key) if node is not None else None
    return tuple(path.split(".")) if path else ("data",)


def _as_text(node: Map | None) -> tuple[tuple[str, ...], ...]:
    """Give the paths of the objects that travel as JSON text."""
    return tuple(tuple(one.split(".")) for one in _texts(node, "as_text"))


def _texts(node: Map | None, key: str) -> tuple[str, ...]:
    return () if node is None else tuple(one.text for one in scalars(node, key))


def _seconds(node: Map, key: str, default: float) -> float:
    written = scalar(node, key)
    return default if written is None else float(written.text)


def _count(node: Map, key: str, default: int) -> int:
    written = number(node, key)
    return default if written is None else written
