"""Objects that travel as JSON text: an argument of type JSON, a value that holds JSON itself."""

from collections.abc import Callable, Iterable
from typing import Any

from crosswalk.formats.jsonshape import ShapeError
from crosswalk.formats.jsontext import decode, encode
from crosswalk.operations.operation import Operation

Path = tuple[str, ...]


def written(variables: dict[str, Any], operation: Operation) -> None:
    """Put the JSON text of each object that travels so in its place."""
    for path in operation.texts:
        _change(variables, path, _text)


def opened(answer: object, operation: Operation) -> None:
    """Put what each JSON text of an answer holds in its place.

    A text that is no JSON is left as it is: its record is then rejected for its shape.
    """
    for path in answer_texts(operation):
        _change(answer, path, _held)


def answer_texts(operation: Operation) -> Iterable[Path]:
    """Give where an answer holds JSON texts, from its top."""
    each = tuple(operation.each.text.split(".")) if operation.each is not None else ()
    return [(*each, *path) for path in operation.answer_texts]


def _text(value: object) -> object:
    return encode(value) if isinstance(value, dict | list) else value


def _held(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return decode(value)
    except ShapeError:
        return value


def _change(value: object, path: Path, change: Callable[[object], object]) -> None:
    """Change what stands at a path, in every item of the lists on the way."""
    if isinstance(value, list):
        for one in value:
            _change(one, path, change)
    elif isinstance(value, dict) and path[0] in value:
        if len(path) > 1:
            _change(value[path[0]], path[1:], change)
        else:
            value[path[0]] = change(value[path[0]])
