"""From a record that a mapping made to a request: checked variables, body, and how it is shown.

No network here: a request is a value. Credentials stand in it as references only (safety C7).
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from crosswalk.delivery.answers import at
from crosswalk.delivery.request import Json, payload
from crosswalk.documents.secret import Secret
from crosswalk.documents.settings import Settings
from crosswalk.documents.source import Scalar
from crosswalk.formats.jsonshape import ITSELF, child_steps, steps_of
from crosswalk.formats.jsontext import decode, encode
from crosswalk.model.layout import Branch
from crosswalk.operations.jsontexts import written
from crosswalk.operations.operation import EMPTY, NULL, OMIT, Operation
from crosswalk.operations.token import REFRESH


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
    headers: Mapping[str, Secret]
    constants: Mapping[str, str]
    problems: tuple[tuple[str, str], ...]


def prepare(operation: Operation, sdl: str, settings: Settings, line: str) -> Prepared:
    """Make the request of one line of variables, as a mapping writes it.

    Raises ValueError when the operation is one that `check` refuses.
    """
    from crosswalk.operations.graphql_values import validate_values

    variables = arranged(operation, line)
    url = settings.find(operation.endpoint.text)
    return Prepared(
        operation,
        variables,
        payload(operation.document.text, variables),
        url.value if url is not None and isinstance(url.value, str) else None,
        _secrets(operation.credentials, settings),
        _secrets(operation.headers, settings),
        _constants(operation, settings),
        tuple(validate_values(operation, sdl, variables)),
    )


def _secrets(named: Mapping[str, Scalar], settings: Settings) -> dict[str, Secret]:
    found = {name: settings.find(one.text) for name, one in named.items()}
    return {k: v.value for k, v in found.items() if v and isinstance(v.value, Secret)}


def _constants(operation: Operation, settings: Settings) -> dict[str, str]:
    """Give the headers that carry no secret."""
    made: dict[str, str] = {}
    for name, (one, setting) in operation.constants.items():
        found = settings.find(one.text) if setting else None
        value = one.text if not setting else found.value if found is not None else None
        made |= {name: value} if isinstance(value, str) else {}
    return made


def arranged(operation: Operation, line: str) -> dict[str, Json]:
    """Read a line of variables and let what has no value travel as its `none` says.

    An object that is empty because nothing in it is sent is not sent either.
    """
    made = decode(line)
    if not isinstance(made, dict):
        raise TypeError(line[:0] or "variables are an object")
    _arrange(operation, operation.variables.root.children[0], made)
    written(made, operation)
    return made


def _arrange(operation: Operation, branch: Branch, made: object) -> None:
    """Apply `none` to one occurrence of a record, and to the lists that it holds."""
    for child in branch.children:
        steps = child_steps(child)
        found = at(made, steps)
        for item in found if isinstance(found, list) else [found]:
            _arrange(operation, child, item)
        if found == []:
            _lacking(operation.none.get((child.name, ITSELF)), made, steps, empty=[])
    for one in branch.record.fields if branch.record is not None else ():
        if one.path == ITSELF:
            continue
        steps = steps_of(one.path, one.name)
        if at(made, steps) is None:
            _lacking(operation.none.get((branch.name, one.key)), made, steps, empty="")


def _lacking(policy: str | None, made: object, steps: tuple[str, ...], empty: Json) -> None:
    """Let what is not there travel as null, as `empty`, or not at all."""
    holder = at(made, steps[:-1])
    if not isinstance(holder, dict) or steps[-1] not in holder:
        return
    if policy in (NULL, EMPTY):
        holder[steps[-1]] = None if policy == NULL else empty
        return
    del holder[steps[-1]]
    if not holder and len(steps) > 1:
        _lacking(OMIT, made, steps[:-1], empty)


def as_json(request: Prepared) -> str:
    """Give a request as one line of JSON; credentials as `env:NAME` or `file:name`."""
    headers = {**request.constants, **{name: str(one) for name, one in request.headers.items()}}
    credentials: dict[str, object] = dict(_refreshed(request, "a refreshed one"))
    credentials |= {name: str(one) for name, one in request.credentials.items()}
    credentials |= {"headers": headers} if headers else {}
    shown = {
        "operation": request.operation.name,
        "version": request.operation.version,
        "endpoint": request.url,
        "credentials": credentials,
        "document": request.operation.document.text,
        "variables": dict(request.variables),
    }
    return encode(shown)


def as_curl(request: Prepared) -> str:
    """Give a request as a command of curl that reads the credentials where they are kept."""
    block = request.operation.capability
    lines = [f"curl --fail-with-body --max-time {block.deadline_s if block else 45.0:g}"]
    known = _refreshed(request, "${TOKEN}")
    known |= {name: _in_shell(one) for name, one in request.credentials.items()}
    if "token" in known:
        lines.append(f'--header "Authorization: Bearer {known["token"]}"')
    elif known:
        lines.append(f'--user "{known.get("username", "")}:{known.get("password", "")}"')
    lines += [f"--header {shlex.quote(f'{k}: {v}')}" for k, v in request.constants.items()]
    lines += [f'--header "{name}: {_in_shell(one)}"' for name, one in request.headers.items()]
    lines += [
        "--header 'Content-Type: application/json'",
        f"--data-raw {shlex.quote(request.body)}",
        shlex.quote(request.url or ""),
    ]
    return " \\\n  ".join(lines)


def _refreshed(request: Prepared, shown: str) -> dict[str, str]:
    """Give what stands for a token that is asked for when a request is sent."""
    token = request.operation.token
    return {"token": shown} if token is not None and token.source == REFRESH else {}


def _in_shell(secret: Secret) -> str:
    if secret.source == "env":
        return f"${{{secret.name}}}"
    return f"$(cat secrets/{secret.name})"


def _in_http(secret: Secret) -> str:
    return f"{{{{$processEnv {secret.name}}}}}" if secret.source == "env" else f"<{secret}>"


def as_http(request: Prepared) -> str:
    """Give a request for a client of .http files, with credentials from the environment."""
    lines = [f"### {request.operation.name}", f"POST {request.url or ''}"]
    known = _refreshed(request, "{{$processEnv TOKEN}}") | {
        name: _in_http(one) for name, one in request.credentials.items()
    }
    if "token" in known:
        lines.append(f"Authorization: Bearer {known['token']}")
    elif known:
        lines.append(
            f"Authorization: Basic {known.get('username', '')} {known.get('password', '')}"
        )
    lines += [f"{name}: {one}" for name, one in request.constants.items()]
    lines += [f"{name}: {_in_http(one)}" for name, one in request.headers.items()]
    return "\n".join([*lines, "Content-Type: application/json", "", request.body, ""])
