"""Findings about what an author wrote: values with a code and a place, never exceptions."""

from dataclasses import dataclass
from enum import StrEnum

CODES: dict[str, str] = {
    # CW1xx: YAML text
    "CW101": "not valid YAML",
    "CW102": "key appears twice",
    "CW103": "ambiguous scalar",
    "CW104": "tab character",
    "CW105": "anchor, alias or merge key",
    "CW106": "tag",
    "CW107": "directive",
    "CW108": "more than one document",
    "CW109": "empty document",
    "CW110": "key is not text",
    "CW111": "invisible character",
    "CW112": "not UTF-8",
    "CW113": "nested too deep",
    "CW114": "file too large",
    "CW115": "file cannot be read",
    "CW116": "left to decide",
    # CW2xx: shape (JSON Schema)
    "CW201": "unknown key",
    "CW202": "wrong type",
    "CW203": "missing key",
    "CW204": "not an allowed value",
    "CW205": "wrong form",
    "CW206": "out of bounds",
    "CW207": "keys do not go together",
    "CW210": "unknown language version",
    "CW211": "unknown kind",
    "CW212": "wrong name",
    "CW213": "wrong version",
    # CW3xx: names, references, layers, versions
    "CW301": "check is on no record",
    "CW302": "unknown pattern or part",
    "CW303": "field of several records",
    "CW304": "unknown source field",
    "CW305": "repeating record is made of nothing",
    "CW306": "unknown target field",
    "CW307": "unknown target record",
    "CW308": "unknown setting",
    "CW309": "unknown value of the run",
    "CW310": "document is there twice",
    "CW311": "unknown document",
    "CW312": "reference pins no version",
    "CW313": "unknown version of a document",
    "CW314": "document of another kind",
    "CW315": "not a reference to a document",
    "CW316": "documents extend each other",
    "CW317": "no documents",
    "CW320": "override of an unknown document",
    "CW321": "override of a document that nothing uses",
    "CW322": "override of something that is not there",
    "CW323": "removal of something that is not there",
    "CW324": "override that changes nothing",
    "CW325": "override of a document's identity",
    "CW326": "override of another shape",
    "CW327": "place of a field cannot be found",
    "CW328": "field has two places",
    "CW329": "override leaves the version of a document open",
    "CW330": "released document was changed",
    "CW331": "released document is gone",
    "CW332": "version is older than the released one",
    "CW333": "record of releases cannot be read",
    "CW334": "decision, input, outcome or channel that is not there",
    "CW335": "unknown flow",
    "CW336": "flow is not supported",
    "CW337": "flow says too little",
    "CW338": "breaking change without a new major version",
    "CW339": "change without a new version",
    "CW340": "revision cannot be compared",
    "CW341": "nothing to count",
    "CW342": "nothing to compare with",
    # CW4xx: meaning
    "CW401": "structure cannot be read",
    "CW402": "record has no place in the structure",
    "CW403": "two fields share a name",
    "CW404": "text form is declared wrongly",
    "CW405": "literal is not a value of its type",
    "CW406": "nothing tells records apart",
    "CW408": "JSON cannot hold the declared spelling",
    "CW407": "control total of something that is not there",
    "CW409": "field ends beyond the record",
    "CW410": "field cannot be a component or the rest of the line",
    "CW411": "pattern cannot be read",
    "CW412": "entry without a source",
    "CW413": "entry with two sources",
    "CW414": "pattern without part, or part without pattern",
    "CW415": "field is filled twice",
    "CW416": "required field has no source",
    "CW417": "field continues nothing",
    "CW418": "type of the source does not fit",
    "CW419": "records repeat independently",
    "CW420": "record waits for what stands after it",
    "CW421": "nothing to pick from",
    "CW422": "not a number to add",
    "CW423": "options of different types",
    "CW424": "operator does not fit",
    "CW425": "way back cannot be derived",
    "CW426": "positions of a line belong to no field",
    "CW427": "records without line ends differ in length",
    "CW428": "field has no place in the line",
    "CW429": "text form leaves a fixed field unclear",
    "CW430": "fields of a line overlap",
    "CW431": "unknown word in a condition",
    "CW432": "not a condition",
    "CW433": "wrong operand of a condition",
    "CW434": "value of a condition does not fit its field",
    "CW435": "word of a condition is not for this type",
    "CW436": "condition names nothing known",
    "CW437": "file name template cannot be used",
    "CW438": "path of an XML layout cannot be used",
    "CW439": "records or fields stand at one place",
    "CW440": "prefix is not declared",
    "CW441": "code stands twice in a code table",
    "CW442": "code has no partner",
    "CW443": "way back of a code table names no code",
    "CW444": "codes merge and have no way back",
    "CW445": "key is not for this form",
    "CW446": "decision lacks an input or its day",
    "CW447": "files cannot be told apart",
    "CW448": "number in bytes does not fit its field or file",
    "CW451": "case has no input, or two",
    "CW452": "file of a case cannot be read",
    "CW453": "moment of a run cannot be read",
    "CW455": "group of columns does not fit its line",
    "CW456": "header line of no one record",
    "CW461": "partner's types cannot be read",
    "CW462": "partner has no such field, argument or type",
    "CW463": "partner needs more than it is given",
    "CW464": "variable's type does not fit its argument",
    "CW465": "variables and fields do not match",
    "CW466": "field does not fit the partner's type",
    "CW467": "partner needs a value that may be missing",
    "CW468": "partner is going to drop this",
    "CW469": "mutation without capability block",
    "CW470": "setting is not of the kind it must be",
    "CW471": "partner's version is too old",
    "CW472": "document breaks a rule of GraphQL",
    "CW473": "path is not in the answer",
    "CW474": "operation says nothing of its answer",
    "CW475": "licence of the partner is not there",
    "CW476": "token cannot be had so",
    "CW477": "pages of a list do not follow each other so",
    "CW478": "list within a record may be cut off",
    "CW479": "filter that is left out with its variable",
    "CW481": "delivery block does not go together",
    "CW482": "delivery block names nothing known",
    "CW483": "mapping says nothing of its delivery",
    "CW484": "endpoint cannot be made of the settings",
    # CW5xx: records at run time
    "CW501": "value is missing",
    "CW502": "value is null",
    "CW503": "value is blank",
    "CW504": "JSON value of another kind",
    "CW505": "value is not the declared constant",
    "CW506": "value is not one of those listed",
    "CW507": "value is too long",
    "CW509": "not a JSON number",
    "CW508": "required field has no value",
    "CW521": "text has a character that is not allowed",
    "CW522": "not a number",
    "CW523": "sign is not as declared",
    "CW524": "thousands separators are not as declared",
    "CW525": "too many decimals",
    "CW526": "too many digits",
    "CW527": "not a date or time of the declared form",
    "CW528": "no such date or time",
    "CW529": "the declared form cannot hold the value",
    "CW530": "not one of the two words of a boolean",
    "CW531": "value of another type",
    "CW532": "bytes are no number of the declared kind",
    "CW541": "operator or table cannot take this type",
    "CW542": "separator is not there",
    "CW543": "prefix or suffix is not there",
    "CW544": "result is out of range",
    "CW545": "result is not a whole number",
    "CW546": "moment stands twice or not at all",
    "CW547": "tag stands several times",
    "CW548": "number cannot be divided",
    "CW549": "check digit is wrong",
    "CW550": "moments cannot be compared",
    "CW551": "text does not fit the pattern",
    "CW552": "text fits the pattern in more than one way",
    "CW553": "value does not fit its part of the pattern",
    "CW554": "text is too long to be taken apart",
    "CW561": "code is not in the code table",
    "CW562": "several codes come back from this one",
    "CW570": "a required record is not there",
    "CW571": "record breaks a rule of its layout",
    "CW572": "value was taken in another form",
    "CW573": "records of a group disagree",
    "CW574": "parts of a text are missing",
    "CW575": "fields that must agree do not",
    "CW576": "text is longer than its chain of fields",
    "CW577": "chain of fields has a gap",
    "CW578": "another record of the unit is damaged",
    "CW579": "two values become one",
    "CW580": "records of a group do not stand together",
    "CW583": "a text does not fit the fields it was joined from",
    "CW584": "decision gives no outcome",
    "CW585": "outcome is too long for its channel",
    "CW586": "no rules apply on the day",
    "CW587": "rules of a setting were not used",
    "CW588": "several records where one stands",
    # CW6xx: formats at run time
    "CW600": "form cannot be read or written",
    "CW601": "a byte is not in the declared encoding",
    "CW602": "encoding is not supported or contradicts the file",
    "CW603": "line is too long",
    "CW604": "control character inside a line",
    "CW605": "line does not follow the quoting rules",
    "CW606": "wrong number of columns",
    "CW607": "no record type matches",
    "CW608": "blank line",
    "CW609": "no usable header line",
    "CW610": "unknown column",
    "CW611": "column is missing",
    "CW612": "column stands twice",
    "CW613": "line has another length",
    "CW614": "section of the file is not there",
    "CW615": "line continues nothing",
    "CW616": "separators cannot be read from the file",
    "CW617": "workbook cannot be read",
    "CW618": "no such sheet, or several",
    "CW619": "field ends inside of a character",
    "CW620": "text cannot be written in this form",
    "CW621": "line break or NUL cannot be written",
    "CW622": "character is not in the declared encoding",
    "CW623": "value is wider than its field",
    "CW624": "value cannot be told from padding",
    "CW625": "length before a record cannot be",
    "CW630": "record is not expected here",
    "CW631": "file ends without a required record",
    "CW632": "group lacks a required record",
    "CW633": "control total does not agree",
    "CW634": "worker process ended",
    "CW635": "records do not add up",
    "CW636": "group of columns is empty before one that is not",
    "CW637": "records have no place in their line",
    "CW638": "record that all take values from is damaged",
    "CW639": "control total cannot be verified",
    "CW640": "JSON cannot be read",
    "CW641": "JSON key stands twice",
    "CW642": "JSON number is not plain",
    "CW643": "JSON is nested too deeply",
    "CW644": "unknown JSON key",
    "CW645": "JSON has another shape than the layout",
    "CW646": "JSON document is too large",
    "CW647": "path cannot be used",
    "CW648": "value is not a JSON value of its kind",
    "CW650": "XML is not well-formed",
    "CW651": "XML has a document type",
    "CW652": "XML is too large or nested too deeply",
    "CW653": "unknown element or attribute",
    "CW654": "XML has another shape than the layout",
    "CW655": "another kind of document",
    "CW656": "character cannot be written in XML",
    "CW660": "output exists already",
    "CW661": "unsafe file name",
    "CW662": "output cannot be written",
    "CW663": "two output files with one name",
    # CW7xx: transport
    "CW701": "GraphQL document cannot be parsed",
    "CW702": "not exactly one operation with one root field",
    "CW703": "value inside a GraphQL document",
    "CW704": "effect contradicts the document",
    "CW705": "success path does not fit the document",
    "CW706": "deadline or attempts out of bounds",
    "CW707": "resend without a lookup to trust",
    "CW708": "message text instead of an error code",
    "CW709": "request does not fit its operation",
    "CW710": "endpoint is not allowed",
    "CW711": "secret cannot be had",
    "CW712": "secret of another biller",
    "CW713": "unknown operation or endpoint",
    "CW720": "partner reports an error",
    "CW721": "partner would refuse the value",
    "CW722": "list of the partner was not read to its end",
    "CW723": "answer lacks what its document selects",
    # CW8xx: settings
    "CW801": "unknown setting",
    "CW802": "setting that this layer may not set",
    "CW803": "setting that changes nothing",
    "CW804": "value of a setting has another type",
    "CW805": "secret is written out",
    "CW806": "required setting has no value",
    "CW807": "settings share a number or name",
    "CW808": "setting is set twice",
    "CW809": "reference outside of the document's own",
    "CW810": "not a value or reference",
    "CW811": "secret cannot be read",
    "CW812": "setting that needs another",
    "CW813": "date of a setting is near or over",
    "CW814": "setting that nothing reads",
    "CW815": "catalogue that contradicts itself",
    # CW82x: going live
    "CW820": "role that is not there",
    "CW821": "condition or parameter that is not there",
    "CW822": "condition and parameter share a name",
    # RULnnn: decision tables
    "RUL001": "not JSON",
    "RUL002": "wrong container",
    "RUL003": "unknown property",
    "RUL004": "missing or wrong form",
    "RUL101": "rule stands twice",
    "RUL102": "rules contradict each other",
    "RUL103": "rule never decides",
    "RUL104": "rule can never match",
    "RUL105": "value outside the domain",
    "RUL106": "half of a pair of outcomes",
    "RUL107": "rule without outcome",
    "RUL108": "rule changes nothing",
    "RUL109": "rules can be one",
    "RUL110": "outcome is not a listed value",
    "RUL201": "case without outcome",
    "RUL202": "case without rule",
    "RUL203": "rules cross with different outcomes",
    "RUL204": "rules cross with the same outcome",
    "RUL205": "outcome is not inherited",
    "RUL206": "partner's form can be read in several ways",
    "RUL301": "base value means something else in the rules",
    "RUL302": "families share a value",
    "RUL303": "substitution makes a rule pointless",
    "RUL304": "alias makes a rule pointless",
    "RUL401": "value is too long for a channel",
    "RUL402": "number spelled in an unusual way",
    "RUL403": "condition on a value the biller does not have",
    "RUL404": "unusual value",
    "RUL405": "one code in two places",
    "RUL501": "rule is never asserted",
    "RUL502": "expectation that cannot hold",
    "RUL503": "allowed in vain",
    "RUL601": "base setting cannot be used",
    "RUL602": "analysis is partial",
    "RUL603": "decision names something unknown",
    "RUL604": "decision contradicts itself",
    "RUL605": "rule sets start on one day",
    "RUL606": "no rule set applies",
    "RUL607": "import hint no longer fits",
    "RUL608": "partner's form cannot say this",
    "RUL609": "setting holds no rules",
}
"""Every code with its short title. A code that was released is never given another meaning."""


class Severity(StrEnum):
    """How much a finding matters; errors stop a plan from being built."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of a text file. Lines and columns count from 1; the end column is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        """`file:line:column`, as editors and terminals understand it."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that explains a finding, with a few words."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: what is wrong, where, and what to do about it.

    `message` is one sentence without a full stop, `label` stands beside the caret, `help` names
    the remedy, `related` points at other places (for instance where a key was set first).
    """

    code: str
    message: str
    span: Span | None = None
    severity: Severity = Severity.ERROR
    label: str = ""
    help: str = ""
    related: tuple[Label, ...] = ()


def sort_key(finding: Diagnostic) -> tuple[str, int, int, str]:
    """Order findings by file, line, column and code."""
    if finding.span is None:
        return ("", 0, 0, finding.code)
    return (finding.span.file, finding.span.line, finding.span.column, finding.code)


def has_errors(findings: list[Diagnostic]) -> bool:
    """Tell whether any finding is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def unreadable(findings: list[Diagnostic]) -> bool:
    """Tell whether an error keeps a document from being read; a marked gap (CW116) does not."""
    return has_errors([finding for finding in findings if finding.code != "CW116"])
