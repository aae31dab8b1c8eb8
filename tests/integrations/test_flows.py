"""A flow is found by name through the layers, or refused with the reason and the place."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from crosswalk.checking import check
from crosswalk.cli.main import group
from crosswalk.findings.diagnostics import Severity
from crosswalk.findings.errors import ConfigError
from crosswalk.project import Project

TOWNS = Path(__file__).parent / "towns"


@pytest.fixture(scope="module")
def project() -> Project:
    return Project(TOWNS)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(ConfigError) as refused:
        act()
    (finding,) = refused.value.findings
    return f"{finding.code} {finding.span} {finding.message}; {finding.help}"


def test_flows_come_from_every_layer_below(project: Project) -> None:
    view = project.view("hill")
    found = {name: one.integration for name, one in project.flows(view).items()}
    assert found == {
        "reading": "maker",
        "estimate": "maker",
        "shut-off": "maker",
        "return": "maker/radio",
        "alarm": "maker/radio",
        "leak": "maker/radio",
    }
    reading = project.flow("reading", view)
    assert (reading.direction, reading.transmission, reading.frequency) == (
        "inbound",
        "file",
        "daily",
    )


def test_a_biller_changes_a_flow_by_an_override(project: Project) -> None:
    assert project.flow("reading", project.view("dale")).frequency == "hourly"


def test_a_flow_names_a_mapping_and_its_direction(project: Project) -> None:
    view = project.view("hill")
    assert project.wanted("reading", view) == ("meter/reading@1", "forward")
    assert project.wanted("reading", view, "backward") == ("meter/reading@1", "backward")
    assert project.wanted("return", view) == ("meter/reading@1", "backward")
    assert project.wanted("return", view, "backward") == ("meter/reading@1", "forward")
    assert project.wanted("meter/reading", view) == ("meter/reading", "forward")
    assert project.wanted("meter/reading@1", project.view(None)) == ("meter/reading@1", "forward")


@pytest.mark.parametrize(
    ("biller", "flow", "told"),
    [
        ("hill", "readin", "CW335 None hill has no flow 'readin'; did you mean 'reading'?"),
        (
            "hill",
            "x",
            (
                "CW335 None hill has no flow 'x'; "
                "there is reading, estimate, shut-off, return, alarm, leak"
            ),
        ),
        (
            None,
            "reading",
            (
                "CW335 None no mapping is called 'reading'; "
                "a flow is named together with its biller: add --biller"
            ),
        ),
        (
            "hill",
            "meter/readings",
            "CW311 None no mapping is called 'meter/readings'; did you mean 'meter/reading@1'?",
        ),
        (
            "hill",
            "shut-off",
            (
                "CW336 maker.yaml:10:3 flow shut-off of maker is not applicable: "
                "a meter of this maker has no valve; "
                "leave it out, or use an integration that supports it"
            ),
        ),
        (
            "hill",
            "alarm",
            (
                "CW336 product.yaml:8:3 flow alarm of maker/radio is not supported: "
                "the radio sends readings only; "
                "leave it out, or use an integration that supports it"
            ),
        ),
        (
            "hill",
            "leak",
            (
                "CW336 product.yaml:9:3 flow leak of maker/radio is not supported yet: "
                "planned for release 4; leave it out, or use an integration that supports it"
            ),
        ),
        (
            "dale",
            "estimate",
            (
                "CW471 dale.yaml:7:12 version 3.9.12 is older than 3.10, which "
                "flow estimate of maker needs; "
                "correct the setting once the biller's system is updated"
            ),
        ),
    ],
)
def test_a_flow_is_refused_with_the_reason(
    project: Project, biller: str | None, flow: str, told: str
) -> None:
    assert refusal(lambda: project.wanted(flow, project.view(biller))) == told


def test_a_flow_whose_licence_is_missing_is_refused(tmp_path: Path) -> None:
    copy = copied(tmp_path, "hill.yaml", "Modules: EST1", "Modules: EST10")
    told = refusal(lambda: copy.flow("estimate", copy.view("hill")))
    assert told.startswith("CW475 hill.yaml:8:12 licence EST1 is not there, and flow estimate of")


def test_what_a_biller_cannot_do_is_a_warning_of_the_check(project: Project) -> None:
    (finding,) = check(project)
    assert (finding.code, str(finding.span)) == ("CW471", "dale.yaml:7:12")
    assert finding.severity is Severity.WARNING


def copied(folder: Path, file: str, old: str, new: str) -> Project:
    for path in TOWNS.iterdir():
        text = path.read_text("utf-8")
        if path.name == file:
            assert text.count(old) == 1
            text = text.replace(old, new)
        (folder / path.name).write_text(text, "utf-8")
    return Project(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "maker.yaml",
            "reason: a meter of this maker has no valve",
            "transmission: none",
            "CW337 maker.yaml:10:3 flow shut-off of maker is not applicable, and does not say why",
        ),
        (
            "maker.yaml",
            'minimum_version: "3.10", licences',
            "minimum_version: third, licences",
            "CW471 maker.yaml:9:69 'third' is no version",
        ),
        (
            "maker.yaml",
            "{setting: Release}",
            "{setting: Relaese}",
            "CW308 maker.yaml:5:32 no setting is called 'Relaese'",
        ),
        (
            "maker.yaml",
            "reading: {direction: inbound, mapping: meter/reading@1",
            "reading: {direction: inbound, mapping: meter/reeding@1",
            "CW311 maker.yaml:7:42 no mapping is called 'meter/reeding'",
        ),
        (
            "maker.yaml",
            '{status: supported, minimum_version: "3.10"}',
            "{status: supported, minimum_version: third}",
            "CW471 maker.yaml:16:54 'third' is no version",
        ),
        (
            "other.yaml",
            "support_like: maker/radio@1",
            "support_like: maker/radoi@1",
            "CW311 other.yaml:7:15 no integration is called 'maker/radoi'",
        ),
        (
            "dale.yaml",
            "Release: 3.9.12",
            "Release: newest",
            (
                "CW471 dale.yaml:7:12 version newest cannot be compared with 3.10, "
                "which flow estimate of maker needs"
            ),
        ),
        (
            "dale.yaml",
            "      reading: {frequency: hourly}",
            "      raeding: {frequency: hourly}",
            "CW322 dale.yaml:11:7 there is no flow 'flows.raeding' to change",
        ),
    ],
)
def test_a_mistake_about_flows_is_found_at_its_place(
    tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    project = copied(tmp_path, file, old, new)
    assert told in [f"{one.code} {one.span} {one.message}" for one in check(project)]


def test_commands_take_a_flow_for_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("A7,12\nB1,9\n", "utf-8")
    call = ["-C", str(TOWNS), "run", "reading", str(tmp_path / "in.txt"), "--biller", "hill", "-q"]
    done = CliRunner().invoke(group, call, standalone_mode=False)
    assert done.stdout == "12|A7\n9|B1\n"
