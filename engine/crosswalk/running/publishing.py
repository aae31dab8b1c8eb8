"""Several output files that are published together: all of them, or none (safety F1, F4)."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from crosswalk.findings.errors import FormatProblem
from crosswalk.running.context import Context
from crosswalk.running.output import Staged, safe_name
from crosswalk.running.shares import Sink
from crosswalk.running.templates import BadTemplate, render
from crosswalk.values.codecs import Problem


class Outputs:
    """The outputs of one run; a context manager that publishes all when all went well.

    Everything is on the disk under temporary names before the first file gets its own. When one
    cannot be published those before it are taken back; a file that was replaced stays replaced.
    """

    def __init__(self) -> None:
        self._staged: list[Staged] = []

    def __enter__(self) -> Self:
        """Begin without any output."""
        return self

    def add(self, one: Staged) -> Staged:
        """Begin one more output. Raises FormatProblem when it exists already."""
        self._staged.append(one.__enter__())
        return one

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Publish everything, what is printed last; or remove every trace after an error."""
        try:
            if kind is None:
                self._publish()
        finally:
            for one in self._staged:
                one.drop()

    def _publish(self) -> None:
        for one in self._staged:
            one.prepare()
        with ExitStack() as undo:
            for one in sorted(self._staged, key=lambda one: one.printed):
                one.publish()
                undo.callback(one.withdraw)
            undo.pop_all()


class Folder:
    """A folder that gets one file for each value of a field, named by the layout's template."""

    def __init__(
        self, folder: Path, template: str, context: Context, outputs: Outputs, *, replace: bool
    ) -> None:
        """Give the files to `outputs`; `replace` overwrites those that exist."""
        self.folder, self.template, self.context = folder, template, context
        self.outputs, self.replace = outputs, replace
        self.staged: dict[str, Staged] = {}
        self.names: dict[str, str] = {}

    def name(self, key: str) -> str:
        """Give the name of the file for a value. Raises Problem CW661 for an unsafe one."""
        try:
            return safe_name(render(self.template, self.context, key))
        except BadTemplate as wrong:
            raise Problem("CW661", f"the file name cannot be made: {wrong}") from None

    def open(self, key: str) -> Sink:
        """Begin the body of a file. Raises FormatProblem when its name is taken (CW660, CW663)."""
        name = self.name(key)
        other = next((k for k, one in self.names.items() if one.lower() == name.lower()), None)
        if other is not None:
            message = f"'{other}' and '{key}' give files of one name"
            remedy = (
                "let the template tell them apart, also where small letters count like capitals"
            )
            raise FormatProblem("CW663", message, str(self.folder / name), help=remedy)
        self.names[key] = name
        staged = Staged(self.folder / name, replace=self.replace, headed=True)
        self.staged[key] = self.outputs.add(staged)
        return staged.write
