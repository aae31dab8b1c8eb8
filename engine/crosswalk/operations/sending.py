"""From a record that a mapping made to a request: checked variables, body, and how it is shown.

No network here: a request is a value. Credentials stand in it as references only (safety C7).
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from crosswalk.delivery.request import Json, payload
from crosswalk.documents.secret import Secret
from crosswalk.documents.settings import Settings
from crosswalk.formats.jsontext import decode, encode
from crosswalk.operations.operation import EMPTY, OMIT, Operation


@dataclass(frozen=True, slots=True)
class Prepared:
    """One request: its constant document, its variables (numbers exact), the body's bytes as text.

    `problems` are the variables that the partner would refuse, as (path, problem); then it must
    not be sent. `url` is None where the endpoint's setting has no value; `credentials` are
    references by what they are.
    """

    operation: Operation
    variables: Mapping[str, Json]
    body: str
    url: str | None
    credentials: Mapping[str, Secret]
    problems: tuple[tuple[str, str], ...]


def prepare(operation: Operation, sdl: str, settings: Settings, line: str) -> Prepared:
    """Make the request of one line of variables, as a mapping writes it.

    Raises ValueError when the operation is one that `check` refuses.
    """
    from crosswalk.operations.graphql_values import validate_values

    variables = arranged(operation, line)
    url = settings.find(operation.endpoint.text)
    found = {name: settings.find(one.text) for name, one in operation.credentials.items()}
    return Prepared(
        operation,
        variables,
        payload(operation.document.text, variables),
        url.value if url is not None and isinstance(url.value, str) else None,
        {k: v.value for k, v in found.items() if v is not None and isinstance(v.value, Secret)},
        tuple(validate_values(operation, sdl, variables)),
    )


def arranged(operation: Operation, line: str) -> dict[str, Json]:
    """Read a line of variables and apply each field's `none` to those without a value."""
    made = decode(line)
    if not isinstance(made, dict):
        raise TypeError(line[:0] or "variables are an object")
    for one in operation.variables.records[0].fields:
        policy = operation.none.get(one.key)
        key, holder = _holder(made, (one.path or one.name).split("."))
        if holder is None or holder.get(key) is not None:
            continue
        if policy == OMIT:
            holder.pop(key, None)
        elif policy == EMPTY:
            holder[key] = ""
    return made


def _holder(made: dict[str, Json], steps: list[str]) -> tuple[str, dict[str, Json] | None]:
    """Give the object that holds a path's last key."""
    here: Json = made
    for step in steps[:-1]:
        here = here.get(step) if isinstance(here, dict) else None
    return steps[-1], here if isinstance(here, dict) else None


def as_json(request: Prepared) -> str:
    """Give a request as one line of JSON; credentials as `env:NAME` or `file:name`."""
    shown = {
        "operation": request.operation.name,
        "version": request.operation.version,
        "endpoint": request.url,
        "credentials": {name: str(one) for name, one in request.credentials.items()},
        "document": request.operation.document.text,
        "variables": dict(request.variables),
    }
    return encode(shown)


def as_curl(request: Prepared) -> str:
    """Give a request as a command of curl that reads the credentials where they are kept."""
    block = request.operation.capability
    lines = [f"curl --fail-with-body --max-time {block.deadline_s if block else 45.0:g}"]
    known = {name: _in_shell(one) for name, one in request.credentials.items()}
    if "token" in known:
        lines.append(f'--header "Authorization: Bearer {known["token"]}"')
    elif known:
        lines.append(f'--user "{known.get("username", "")}:{known.get("password", "")}"')
    lines += [
        "--header 'Content-Type: application/json'",
        f"--data-raw {shlex.quote(request.body)}",
        shlex.quote(request.url or ""),
    ]
    return " \\\n  ".join(lines)


def _in_shell(secret: Secret) -> str:
    if secret.source == "env":
        return f"${{{secret.name}}}"
    return f"$(cat secrets/{secret.name})"


def as_http(request: Prepared) -> str:
    """Give a request for a client of .http files, with credentials from the environment."""
    lines = [f"### {request.operation.name}", f"POST {request.url or ''}"]
    known = {
        name: f"{{{{$processEnv {one.name}}}}}" if one.source == "env" else f"<{one}>"
        for name, one in request.credentials.items()
    }
    if "token" in known:
        lines.append(f"Authorization: Bearer {known['token']}")
    elif known:
        lines.append(
            f"Authorization: Basic {known.get('username', '')} {known.get('password', '')}"
        )
    return "\n".join([*lines, "Content-Type: application/json", "", request.body, ""])
