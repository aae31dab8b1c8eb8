"""Laws of reading: it never raises, both parsers agree, spans point at what was read."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from crosswalk.documents.source import List, Map, Node, Scalar, read

PIECES = st.sampled_from(
    [
        *"abxyNO01789 \n\n\n:,-[]{}'\"#&*!|>%@`?.~<=\\\t\r\0é漢",
        *(": ", "- ", "\n  ", ": \n", "a: ", "  b: ", "'x'", "---", "...", "%YAML 1.2"),
        *("\ufeff", "\u2028", "\ud800", '"\\', "042", "yes", "1.10", "null"),
    ]
)
YAMLISH = st.lists(PIECES, max_size=40).map("".join)
WORDS = st.text("abcNO019:. -é漢😀", min_size=1, max_size=12)


def scalars(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, List):
        for item in node.items:
            yield from scalars(item)
    elif isinstance(node, Map):
        for entry in node.entries.values():
            yield entry.key
            yield from scalars(entry.value)


def cut(text: str, scalar: Scalar) -> str:
    span = scalar.span
    lines = (
        text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")[span.line - 1 : span.end_line]
    )
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


@given(st.text(st.characters(), max_size=200))
@settings(max_examples=150, deadline=None)
def test_reading_any_text_gives_a_node_or_findings(text: str) -> None:
    node, findings = read(text, "f.yaml")
    assert node is not None or findings


@given(YAMLISH)
@settings(max_examples=600, deadline=None)
def test_what_the_python_parser_accepts_libyaml_reads_alike(text: str) -> None:
    node, findings = read(text, "f.yaml", pure=True)
    assert findings or read(text, "f.yaml") == (node, [])


@given(YAMLISH.filter(lambda text: "?" not in text))
@settings(max_examples=600, deadline=None)
def test_what_libyaml_accepts_the_python_parser_reads_alike_but_for_question_marks(
    text: str,
) -> None:
    node, findings = read(text, "f.yaml")
    assert findings or read(text, "f.yaml", pure=True) == (node, [])


@given(YAMLISH)
@settings(max_examples=300, deadline=None)
def test_findings_are_in_order_and_lie_inside_the_text(text: str) -> None:
    _, findings = read(text, "f.yaml")
    places = [(f.span.line, f.span.column) for f in findings if f.span]
    assert len(places) == len(findings)
    assert places == sorted(places)
    lines = text.replace("\r\n", "\n").split("\n")
    assert all(line <= len(lines) and column <= len(lines[line - 1]) + 1 for line, column in places)


@given(
    YAMLISH
    | st.dictionaries(WORDS, WORDS).map(lambda d: "\n".join(f"{k}: {v}" for k, v in d.items()))
)
@settings(max_examples=400, deadline=None)
def test_the_span_of_a_plain_scalar_is_its_text(text: str) -> None:
    node, findings = read(text, "f.yaml")
    if findings:
        return
    for scalar in scalars(node):
        if scalar.plain and scalar.text and scalar.span.line == scalar.span.end_line:
            assert cut(text, scalar) == scalar.text
        elif scalar.text and not scalar.plain and cut(text, scalar)[0] in "'\"":
            again, _ = read(cut(text, scalar), "f.yaml")
            assert isinstance(again, Scalar)
            assert again.value == scalar.value
