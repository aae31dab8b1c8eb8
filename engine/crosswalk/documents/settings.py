"""Effective settings: the value each layer gives, by the catalogue; secrets only as references."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from crosswalk.documents.access import flag, mapping, scalar, scalars, text
from crosswalk.documents.layers import Layer
from crosswalk.documents.secret import Secret, SettingsError, belongs_to, namespace, well_formed
from crosswalk.documents.setting_types import TYPES, check_value, value_type
from crosswalk.documents.source import Entry, Map, Scalar
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Diagnostic, Label, Severity, Span
from crosswalk.findings.suggest import closest, quoted
from crosswalk.values.codecs import Problem

__all__ = [
    "Declared",
    "Secret",
    "Setting",
    "Settings",
    "SettingsError",
    "effective_settings",
]


_OWNERS = {"biller": "a biller", "integration": "an integration"}


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting of a catalogue. `id` is its key there, `name` what else it is called.

    `set_by` names the kind of layer that alone may set it, "" when every layer may. `needs` are
    the settings that must be set beside it. `expires` says that its date is a last day, and how
    many days before the check speaks up.
    """

    id: str
    name: str
    type: str
    secret: bool
    set_by: str
    required: bool
    span: Span
    description: str = ""
    needs: tuple[str, ...] = ()
    expires: int | None = None

    @property
    def title(self) -> str:
        """How findings call it: `BillerGuid`, or `10 (RtdrPassword)`."""
        return self.id if self.id == self.name else f"{self.id} ({self.name})"


@dataclass(frozen=True, slots=True)
class Setting:
    """The value of a setting, and the layer and place that set it.

    `value` is the text as written, or the reference to where it is kept.
    """

    declared: Declared
    value: str | Secret = field(repr=False)
    layer: str
    span: Span


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force, by id or name.

    `open` are the ids that some layer writes without a value that can be used: a gap or a mistake,
    which has its finding already.
    """

    values: Mapping[str, Setting]
    declared: Mapping[str, Declared]
    open: frozenset[str] = frozenset()

    def find(self, key: str) -> Setting | None:
        """Give a setting by id or name; None when no layer sets it."""
        known = self.declared.get(key)
        return None if known is None else self.values.get(known.id)

    def texts(self) -> dict[str, str]:
        """Give the values that are written in documents, under both id and name."""
        return {
            key: found.value
            for key, known in self.declared.items()
            if (found := self.values.get(known.id)) and isinstance(found.value, str)
        }

    def types(self) -> dict[str, str]:
        """Give the types that mappings see, under both id and name; secrets are not for them."""
        return {key: value_type(one.type) for key, one in self.declared.items() if not one.secret}


def effective_settings(
    catalogue: Iterable[Document], found: tuple[Layer, ...]
) -> tuple[Settings, list[Diagnostic]]:
    """Work out the settings of the last layer (base first) by the settings catalogues.

    Findings CW801-CW810; a value that is refused leaves the inherited one. No reference is read
    and no finding repeats a value. Source of the rules: facts, payment codes, 10; safety C7, C9.
    """
    findings: list[Diagnostic] = []
    declared, values = _read_catalogues(catalogue, findings)
    for layer in found:
        _Reader(layer, declared, values, findings).read()
    made = Settings(values, declared, _written(found, declared) - set(values))
    if found and found[-1].kind == "biller":
        findings += _missing(found[-1].document, made)
    return made, findings


def _read_catalogues(
    catalogue: Iterable[Document], findings: list[Diagnostic]
) -> tuple[dict[str, Declared], dict[str, Setting]]:
    """Give what is declared, by id and by name, and the defaults."""
    declared: dict[str, Declared] = {}
    values: dict[str, Setting] = {}
    for document in catalogue:
        body = mapping(document.node, "settings")
        for entry in (body.entries if body else {}).values():
            one = _declared(entry)
            if one is not None and not _taken(one, declared, findings):
                declared[one.id] = declared[one.name] = one
                _default(one, entry, document, values, findings)
    return declared, values


def _declared(entry: Entry) -> Declared | None:
    node, key = entry.value, entry.key.text
    kind = text(node, "type") if isinstance(node, Map) else None
    if not isinstance(node, Map) or kind not in TYPES:
        return None
    expires = scalar(node, "expires")
    return Declared(
        id=key,
        name=text(node, "name") or key,
        type=kind,
        secret=flag(node, "secret"),
        set_by=text(node, "set_by") or "",
        required=flag(node, "required"),
        span=entry.key.span,
        description=text(node, "description") or "",
        needs=tuple(one.text for one in scalars(node, "needs")),
        expires=None if expires is None else int(expires.text),
    )


def _taken(one: Declared, declared: Mapping[str, Declared], findings: list[Diagnostic]) -> bool:
    other = declared.get(one.id) or declared.get(one.name)
    if other is None:
        return False
    message = f"setting {one.title} shares its number or name with another"
    related = (Label(other.span, f"{other.title} is declared here"),)
    findings.append(
        Diagnostic("CW807", message, one.span, help="give each its own", related=related)
    )
    return True


def _default(
    one: Declared,
    entry: Entry,
    document: Document,
    values: dict[str, Setting],
    findings: list[Diagnostic],
) -> None:
    value = scalar(entry.value, "default") if isinstance(entry.value, Map) else None
    if value is None:
        return
    reader = _Reader(Layer(document), {one.id: one}, values, findings)
    made = reader.literal(one, value)
    if made is not None:
        values[one.id] = Setting(one, made, document.name, value.span)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the settings of one layer over what is inherited."""

    layer: Layer
    declared: Mapping[str, Declared]
    values: dict[str, Setting]
    findings: list[Diagnostic]

    def wrong(
        self,
        code: str,
        message: str,
        span: Span | None,
        remedy: str,
        related: tuple[Label, ...] = (),
    ) -> None:
        self.findings.append(Diagnostic(code, message, span, help=remedy, related=related))

    def read(self) -> None:
        seen: dict[str, Entry] = {}
        for key, entry in self.layer.settings().items():
            one = self.declared.get(key)
            if one is None:
                self.unknown(entry)
            elif seen.setdefault(one.id, entry) is not entry:
                self.twice(one, entry, seen[one.id])
            elif self.permitted(one, entry):
                self.take(one, entry)

    def twice(self, one: Declared, entry: Entry, other: Entry) -> None:
        first = self.quiet(one, other.key)
        related = (Label(first, "set here first"),) if first is not None else ()
        message = f"setting {one.title} is set twice, by number and by name"
        self.wrong("CW808", message, self.quiet(one, entry.key), "keep one", related)

    def unknown(self, entry: Entry) -> None:
        key = entry.key.text
        near = closest(key, self.declared)
        remedy = f"did you mean '{near}'?" if near else "add it to a settings catalogue"
        meant = self.declared[near] if near else None
        place = self.quiet(meant, entry.key) if meant else entry.key.span
        self.wrong("CW801", f"no setting is called {quoted(key)}", place, remedy)

    def permitted(self, one: Declared, entry: Entry) -> bool:
        if one.set_by in ("", self.layer.kind):
            return True
        message = f"setting {one.title} is set by {_OWNERS[one.set_by]} only"
        related = (Label(one.span, f"declared with set_by: {one.set_by}"),)
        remedy = f"set it in {_OWNERS[one.set_by]}"
        self.wrong("CW802", message, self.quiet(one, entry.key), remedy, related)
        return False

    def take(self, one: Declared, entry: Entry) -> None:
        made = self.value(one, entry)
        if made is None:
            return
        inherited = self.values.get(one.id)
        if inherited is None or inherited.value != made:
            self.values[one.id] = Setting(one, made, self.layer.name, entry.value.span)
            return
        self.findings.append(
            Diagnostic(
                "CW803",
                f"setting {one.title} has this value already",
                entry.key.span,
                Severity.WARNING,
                help="remove it",
                related=(Label(inherited.span, f"set by {inherited.layer}"),),
            )
        )

    def value(self, one: Declared, entry: Entry) -> str | Secret | None:
        if isinstance(entry.value, Scalar) and entry.value.value is not None:
            return self.literal(one, entry.value)
        if isinstance(entry.value, Map) and entry.value.entries:
            return self.reference(one, entry.key, entry.value)
        remedy = "write the value, or {env: NAME}, or {file: name}"
        place = self.quiet(one, entry.key)
        self.wrong("CW810", f"setting {one.title} has no value", place, remedy)
        return None

    def literal(self, one: Declared, value: Scalar) -> str | None:
        if one.secret:
            self.written_out(one, value, "is written out")
            return None
        try:
            check_value(one.type, value.text)
        except Problem as problem:
            if problem.code == "CW805":
                self.written_out(one, value, problem.reason)
                return None
            message = f"the value of setting {one.title} {problem.reason}"
            related = (Label(one.span, f"declared as {one.type}"),)
            self.wrong("CW804", message, value.span, "correct the value", related)
            return None
        return value.text

    def written_out(self, one: Declared, value: Scalar, reason: str) -> None:
        where = f"{value.span.file}:{value.span.line}"
        message = f"the secret in setting {one.title} {reason} ({where})"
        if not one.secret:
            message = f"the value of setting {one.title} {reason} ({where})"
        remedy = "change the secret, then keep it elsewhere and write {env: NAME}"
        self.wrong("CW805", message, self.above(), remedy)

    def reference(self, one: Declared, key: Scalar, node: Map) -> Secret | None:
        source, entry = next(iter(node.entries.items()))
        name = entry.value
        made = Secret(source, name.text) if isinstance(name, Scalar) else None
        known = source in ("env", "file") and len(node.entries) == 1
        if made is None or not known or not well_formed(made):
            message = f"setting {one.title} names no place where its value is kept"
            remedy = "write {env: NAME} in capitals, or {file: folder/name}"
            self.wrong("CW810", message, self.quiet(one, key), remedy)
            return None
        if belongs_to(made, (self.layer.name, *self.layer.owners)) == (self.layer.name,):
            return made
        own = namespace(self.layer.name, source)
        message = f"setting {one.title} refers to a place outside of {quoted(self.layer.name)}"
        remedy = f"the reference of this document begins with {own} and no longer name fits it"
        self.wrong("CW809", message, name.span, remedy)
        return None

    def quiet(self, one: Declared, key: Scalar) -> Span | None:
        """Give the place of a setting, or one whose line does not show a secret written out."""
        return self.above() if one.secret else key.span

    def above(self) -> Span | None:
        """Give a place whose line is clear of all values: reports show the lines (safety C7).

        That is `settings:` on a line of its own, or the document's name above it.
        """
        document = self.layer.document
        body, name = document.node.entries.get("settings"), document.place("name")
        if body is not None and body.key.span.line < body.value.span.line:
            return body.key.span
        return name if body is not None and name.line < body.key.span.line else None


def _written(found: tuple[Layer, ...], declared: Mapping[str, Declared]) -> frozenset[str]:
    """Give the ids of the settings that layers write, a misspelt one by what was meant."""
    keys = (key for one in found for key in one.settings())
    meant = (key if key in declared else closest(key, declared) for key in keys)
    return frozenset(declared[key].id for key in meant if key is not None)


def _missing(document: Document, made: Settings) -> Iterator[Diagnostic]:
    """Find what is required and in no layer; a value that was refused has its finding already."""
    body = document.node.entries.get("settings")
    place = body.key.span if body is not None else document.place("name")
    for key, one in made.declared.items():
        if key == one.id and one.required and one.id not in {*made.values, *made.open}:
            message = f"setting {one.title} has no value"
            related = (Label(one.span, "required here"),)
            remedy = f"set it under settings: in {document.file}"
            yield Diagnostic("CW806", message, place, help=remedy, related=related)
