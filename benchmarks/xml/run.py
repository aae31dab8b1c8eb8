"""Measure the XML reader and its rivals: python benchmarks/xml/run.py [MEGABYTES].

Whole processes, CPU seconds (user and system) and peak memory; all must give the same bytes. lxml
is used where it is installed for the interpreter that LXML_PYTHON names.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPT = str(HERE.parent / "rivals" / "xml_iterparse.py")
CROSSWALK = str(Path(sys.executable).parent / "crosswalk")


def measured(argv: list[str]) -> tuple[float, int]:
    """Run a command; give its CPU seconds and its peak memory in MB."""
    work = subprocess.Popen(argv, cwd=HERE, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(work.pid, 0)
    if status:
        raise SystemExit(f"{argv} ended with {status}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss >> 10


def main(megabytes: str) -> None:
    """Print a line for each contender."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = f"{folder}/in.xml", f"{folder}/out"
        generate = [sys.executable, str(HERE / "generate.py"), megabytes, source]
        subprocess.run(generate, check=True)
        run = [CROSSWALK, "run", "bench/payments", source, "-o", out, "--replace", "-q"]
        contenders = {
            "ElementTree.iterparse": [sys.executable, SCRIPT, source, out],
            "crosswalk": run,
            "crosswalk, reference": [*run, "--reference"],
        }
        if python := os.environ.get("LXML_PYTHON"):
            contenders["lxml.iterparse"] = [python, SCRIPT, source, out, "--lxml"]
        first = b""
        for name, argv in contenders.items():
            seconds, memory = measured(argv)
            made = Path(out).read_bytes()
            first = first or made
            same = "same bytes" if made == first else "OTHER BYTES"
            print(f"{name:24} {seconds:6.2f} s CPU  {memory:4} MB  {same}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "50")
