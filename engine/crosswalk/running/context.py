"""What a plan is applied with besides its records: settings, and what the host says of the run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from crosswalk.values.codecs import Value


@dataclass(frozen=True, slots=True)
class Run:
    """What the host says of this run; the engine reads no clock itself.

    `at` is the run's moment in the biller's time zone.
    """

    at: datetime
    id: str = ""
    file: str = ""

    def value(self, name: str) -> Value:
        """Give the run's date, time, datetime, id or file."""
        values: dict[str, date | time | datetime | str] = {
            "date": self.at.date(),
            "time": self.at.time().replace(microsecond=0),
            "datetime": self.at,
            "id": self.id,
            "file": self.file,
        }
        return values[name]


@dataclass(frozen=True, slots=True)
class Context:
    """All that a plan is applied with besides the record: settings' texts by id, and the run."""

    settings: Mapping[str, str]
    run: Run
