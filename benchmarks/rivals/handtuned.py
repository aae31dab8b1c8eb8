"""W1 by hand, as fast as pure Python goes. Usage: handtuned.py IN OUT --date 2026-01-31.

benchmarks/README.md says what the job is. The columns of the customer stand before those of the
line, so a line that begins with the same bytes as the customer's first line agrees with it in all
of them, and only its tail is read: one regular expression splits it and checks its amounts. Lines
with quotes inside values, or amounts of another form, take the slow path, which is exact as well.
"""

import argparse
import csv
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

BILLER_GUID = "6f1c0a52-0000-4000-8000-00000000a001"
FORMAT_GUID = "6f1c0a52-0000-4000-8000-00000000f001"
INVOICE_TYPES = {"WTR": "42", "GARB": "43"}
HEADER = (  # noqa: SIM905 - one name a line would be 37 lines
    "Customer Number|Bill-to Name|Bill-to Attention|Parcel No|Bill-to Mailing Line 1|"
    "Bill-to Mailing Line 2|Bill-to City, State, Zip Code|Customer Telephone Number 1|"
    "Customer email|Bill-to User-defined Field|Customer User-defined Field|"
    "Customer Statement Type|System Date|Invoice Date|Due Date|Customer Balance|Balance Due|"
    "Past Due|Last Statement Date|Last Statement Balance|Last Payment Amount|"
    "Statement Begin Date|Statement End Date|Current Period Payments|"
    "Current Period Payment Adjustments|General Message|Invoice/Ref No|Invoice Category Code|"
    "Date|Invoice Payment Due Date|Description|Quantity|Charge Amount|Credit Amount|"
    "Running Balance|Invoice detail User-defined Field|Invoice User-defined Field"
).split("|")
WIDTH = 37
HEAD = 26
BLOCK = 4096
MARK = '"|"'
NO_SLOTS = [""] * 5

MONEY = r"(?:-?+(?:[1-9][0-9]*+|0)\.[0-9][0-9])?+"
TAIL = re.compile(
    r'([^"|\s][^"|\r\n]*+)"\|"([^"|\r\n]*+)"\|"([^"]++)"\|"([^"]*+)"\|"'
    rf'([^"|\r\n]*+"\|"(?:(?:[1-9][0-9]*+|0)(?:\.[0-9]++)?+)?+"\|"{MONEY}"\|"{MONEY}"\|"{MONEY})"'
    r'\|"([^"|\r\n]*+"\|"[^"|\r\n]*+)"\r\n'
).fullmatch
"""The columns from Invoice/Ref No on: number, category, two dates, five together, two together."""
SEVEN = re.compile(r"\|".join([MONEY] * 7)).fullmatch
AMOUNT = re.compile(r"-?(?:0|[1-9]\d*)\.\d\d", re.ASCII).fullmatch
LOOSE_AMOUNT = re.compile(r"(-?)(\d+)(?:\.(\d{1,2}))?", re.ASCII).fullmatch
QUANTITY = re.compile(r"(-?)(\d+)(\.\d+)?", re.ASCII).fullmatch
DAY = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})", re.ASCII).fullmatch
STATE = re.compile("([A-Za-z]+) (.+)", re.DOTALL).fullmatch
NOT_ALPHANUMERIC = re.compile("[^0-9A-Za-z]+").sub
NOT_DIGITS = re.compile("[^0-9]+").sub
MARKED = re.compile('[|"\r\n]').search


class Days(dict[str, str]):
    """Dates as the partner writes them to ISO dates, of bounded size; blank stays blank."""

    def __missing__(self, text: str) -> str:
        """Read a date that was not seen yet."""
        found = DAY(text)
        if found:
            iso = date(int(found[3]), int(found[1]), int(found[2])).isoformat()
        elif text.strip():
            raise ValueError("not a date")
        else:
            iso = ""
        if len(self) > 10000:
            self.clear()
        self[text] = iso
        return iso


days = Days()


def amount(text: str) -> str:
    """Write an amount with two decimals; blank stays blank."""
    if not text or AMOUNT(text):
        return text
    found = LOOSE_AMOUNT(text)
    if found:
        return f"{found[1]}{int(found[2])}.{(found[3] or ''):0<2}"
    if text.strip():
        raise ValueError("not an amount")
    return ""


def quantity(text: str) -> str:
    """Check a decimal number; blank stays blank."""
    found = QUANTITY(text)
    if found:
        return f"{found[1]}{int(found[2])}{found[3] or ''}"
    if text.strip():
        raise ValueError("not a number")
    return ""


def place(text: str) -> tuple[str, str, str]:
    """Split "City, ST Zip", which may be read in one way only."""
    city, comma, rest = text.partition(", ")
    found = STATE(rest)
    if found and city and ", " not in rest:
        return city, found[1], found[2]
    if not text.strip():
        return "", "", ""
    parts = text.split(", ")
    ways = []
    for cut in range(1, len(parts)):
        city, found = comma.join(parts[:cut]), STATE(", ".join(parts[cut:]))
        if city and found:
            ways.append((city, found[1], found[2]))
    if len(ways) != 1:
        raise ValueError("city, state and zip cannot be told apart")
    return ways[0]


def quoted(text: str) -> str:
    """Quote a value that needs it."""
    return '"' + text.replace('"', '""') + '"' if MARKED(text) else text


def cells_of(line: bytes, file: Iterator[bytes]) -> list[str]:
    """Split a line of any kind, with the lines after it that belong to it."""
    while line.count(b'"') & 1:
        line += next(file)
    rows = list(csv.reader([line.decode()], delimiter="|", strict=True))
    if len(rows) != 1 or len(rows[0]) != WIDTH:
        raise ValueError("a line has another number of values")
    return rows[0]


def prefix_of(cells: list[str]) -> bytes:
    """Write the customer's columns as they stand at the beginning of a line."""
    return ('"' + '"|"'.join([cell.replace('"', '""') for cell in cells[:HEAD]]) + '"|"').encode()


def tail_of(cells: list[str]) -> list[str]:
    """Give what the loop takes from TAIL, from cells of any kind, quoted where they need it."""
    number, category, day, due, text, count, charge, credit, running, user, other = cells[HEAD:]
    if not number.strip() or not day.strip():
        raise ValueError("a required value is blank")
    number = quoted(number if category else f"{number}-{day}")
    amounts = f"{amount(charge)}|{amount(credit)}|{amount(running)}"
    middle = f"{quoted(text)}|{quantity(count)}|{amounts}"
    return [number, quoted(category), day, due, middle, f"{quoted(user)}|{quoted(other)}"]


def slots_of(text: str) -> list[str]:
    """Cut a message into five slots of sixty characters."""
    if len(text) > 300:
        raise ValueError("the message is longer than five slots")
    return [text[:60], text[60:120], text[120:180], text[180:240], text[240:]]


class Invoices:
    """Writes the customers' part of the invoices and keeps the control totals, in cents."""

    __slots__ = ("balances", "cents", "count", "kinds", "seen")

    def __init__(self) -> None:
        self.count = self.cents = self.kinds = self.balances = 0
        self.seen: set[str] = set()

    def head(self, cells: list[str], line_fields: str) -> tuple[str, str]:
        """Write the customer columns of a line of any kind; `line_fields` are 98 and 99."""
        slots = [quoted(slot) for slot in slots_of(cells[25])]
        city, state, code = map(quoted, place(cells[6]))
        safe = [cells[0], *map(quoted, cells[1:12]), *cells[12:25]]
        safe[7] = cells[7]
        return self.texts(safe, slots, f"{city}|{state}|{code}", line_fields)

    def texts(
        self, cells: list[str], slots: list[str], where: str, line_fields: str
    ) -> tuple[str, str]:
        """Write IH behind its number up to the type, and the rest of it with CR.

        `cells` are quoted already where they need it.
        """
        number, name, attention, parcel, line1, line2, _, phone, mail, bill_to, _, kind = cells[:12]
        system, invoiced, due, total, balance, past, last, last_total, paid, begin, end = cells[
            12:23
        ]
        account = NOT_ALPHANUMERIC("", number)
        if not account or account in self.seen:
            raise ValueError("the account number is blank or occurs twice")
        invoiced = days[invoiced]
        due = days[due]
        period, adjusted = cells[23:25]
        if not SEVEN(f"{total}|{balance}|{past}|{last_total}|{paid}|{period}|{adjusted}"):
            total, balance, past = amount(total), amount(balance), amount(past)
            last_total, paid = amount(last_total), amount(paid)
            period, adjusted = amount(period), amount(adjusted)
        if not (invoiced and due and total and name.strip()):
            raise ValueError("a required value is blank")
        days[system]
        self.seen.add(account)
        if kind != "Open Items":
            self.kinds += 1
        if balance != total and balance:
            self.balances += 1
        self.cents += int(total.replace(".", ""))
        self.count += 1
        before = (
            f"|{invoiced}|{due}|{total}|{days[last]}|{paid}|{last_total}"
            f"|{days[begin]}|{days[end]}|{period}|{adjusted}"
            f"|{slots[0]}|{slots[1]}|{slots[2]}|{balance}|{slots[3]}"
            f"|{slots[4]}|{bill_to}|{parcel}|{line_fields}|{kind}|"
        )
        after = (
            f"|{past}\nCR|{account}|{name}|{line1}|{line2}|{where}"
            f"|{NOT_DIGITS('', phone)}|{mail}|{attention}\n"
        )
        return before, after


def same_values(left: list[str], right: list[str]) -> bool:
    """Compare the customer columns of two lines as values, not as they are written."""
    dates, amounts = (13, 14, 18, 21, 22), (15, 16, 17, 19, 20, 23, 24)
    plain = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 25)
    days[right[12]]
    return (
        [left[i] for i in plain] == [right[i] for i in plain]
        and [days[left[i]] for i in dates] == [days[right[i]] for i in dates]
        and [amount(left[i]) for i in amounts] == [amount(right[i]) for i in amounts]
    )


def write_invoices(source: BinaryIO, body: BinaryIO) -> Invoices:  # noqa: C901, PLR0912, PLR0915
    """Write IH, CR and ID of every customer; one loop, for speed."""
    invoices = Invoices()
    out: list[str] = []
    add = out.append
    prefix = b"\n"  # no line begins so
    size = at = 0
    waiting = False
    head: list[str] = []
    before = after = ""
    for line in source:
        if line.startswith(prefix):
            found = TAIL(line[size:].decode())
            if found:
                number, category, day, due, middle, _ = found.groups()
                middle = middle.replace(MARK, "|")
                if not category:
                    number = f"{number}-{day}"
            else:
                cells = cells_of(line, source)
                number, category, day, due, middle, _ = tail_of(cells)
        else:
            text = line.decode()
            cells = text.split(MARK, HEAD)
            found = TAIL(cells[-1])
            fast = (
                found
                and len(cells) == HEAD + 1
                and text.count('"') == 2 * WIDTH
                and text.count("|") == WIDTH - 1
                and text.count("\r") == 1
                and text[0] == '"'
            )
            if found and fast:
                prefix = line[: len(line) - len(cells[HEAD].encode())]
                cells[0] = cells[0][1:]
                number, category, day, due, middle, users = found.groups()
                middle = middle.replace(MARK, "|")
                users = users.replace(MARK, "|")
                if not category:
                    number = f"{number}-{day}"
            else:
                cells = cells_of(line, source)
                prefix = prefix_of(cells)
                number, category, day, due, middle, users = tail_of(cells)
            size = len(prefix)
            if head and head[0] == cells[0]:
                if not same_values(head, cells):
                    raise ValueError("the lines of a customer disagree")
            else:
                if len(out) > BLOCK:
                    body.write("".join(out).encode())
                    out.clear()
                head = cells
                if fast:
                    city, state, code = place(cells[6])
                    slots = slots_of(cells[25]) if cells[25] else NO_SLOTS
                    before, after = invoices.texts(cells, slots, f"{city}|{state}|{code}", users)
                else:
                    before, after = invoices.head(cells, users)
                waiting = True
                at = len(out)
                add(f"IH|R|{FORMAT_GUID}|{number}{before}{after}")
        if waiting and category:
            waiting = False
            out[at] = f"IH|R|{FORMAT_GUID}|{number}{before}{INVOICE_TYPES[category]}{after}"
        add(f"ID|{middle}|{days[day]}|{category}|{days[due]}|{number}\n")
    body.write("".join(out).encode())
    return invoices


def main() -> None:
    """Map IN to OUT: the body goes to a file of its own, because the header counts it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--date", default="2026-01-31")
    asked = parser.parse_args()
    with (
        asked.source.open("rb", buffering=1 << 18) as source,
        tempfile.TemporaryFile(dir=asked.out.parent, buffering=0) as body,
        asked.out.open("wb", buffering=0) as out,
    ):
        if cells_of(next(source), source) != HEADER:
            raise ValueError("the header line names other columns")
        done = write_invoices(source, body)
        sign, cents = "-" if done.cents < 0 else "", abs(done.cents)
        total = f"{sign}{cents // 100}.{cents % 100:02d}"
        out.write(f"FH|{BILLER_GUID}|{asked.date}|{done.count}|{total}\n".encode())
        body.seek(0)
        shutil.copyfileobj(body, out, 1 << 20)
    sys.stderr.write(f"reported: open-items {done.kinds}, balances-agree {done.balances}\n")


if __name__ == "__main__":
    main()
