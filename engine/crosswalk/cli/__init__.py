"""The command line: every command in a module of its own, loaded when it is called."""

from crosswalk.cli.main import main

__all__ = ["main"]
