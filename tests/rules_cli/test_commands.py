"""`crosswalk rules`: what it prints is committed; its exit codes are those that are documented."""

import json
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot  # type: ignore[import-untyped]
from tests.cli.kit import crosswalk
from tests.rules_cli.kit import (
    GO_FORWARD,
    HERE,
    LEGACY,
    LOCKBOX,
    MODEL,
    NEW,
    OLD,
    laid_out,
    project,
    rules,
)

SAMPLE = str(LEGACY / "sample.json")


def held(snapshot: Snapshot, name: str, told: str) -> None:
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match(told.replace(f"{LEGACY.parents[2]}/", ""), name)


# --- matrix -------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["text", "markdown", "csv", "json"])
@pytest.mark.parametrize(
    ("name", "biller"),
    [("test/sample", "old-mill"), ("test/visa", "old-mill"), ("test/listed", "elm-grove")],
)
def test_the_matrix_of_a_biller_is_committed(
    name: str, biller: str, style: str, snapshot: Snapshot
) -> None:
    made = rules("matrix", name, "--biller", biller, "--format", style)
    assert made.exit_code == 0
    held(snapshot, f"matrix-{name.rpartition('/')[2]}.{style}", made.stdout)


@pytest.mark.parametrize(("day", "code"), [("2025-12-31", "98"), ("2026-01-01", "95")])
def test_a_mapping_decides_by_the_rules_in_force_on_the_day(day: str, code: str) -> None:
    made = rules("matrix", LOCKBOX, "--biller", "elm-grove", "--day", day, "--format", "csv")
    assert f"ach,-,-,{code},102,0,DataPump,ach,-,RULE" in made.stdout.splitlines()


def test_a_decision_alone_is_decided_by_its_base_settings() -> None:
    made = rules("matrix", MODEL, *OLD, "--format", "csv")
    assert {line.rpartition(",")[2] for line in made.stdout.splitlines()[1:]} == {"BASE_NO_RULESET"}


def test_json_and_its_import_have_one_matrix(tmp_path: Path) -> None:
    folder = laid_out(tmp_path / "here")
    target = str(folder / "mappings" / "carried.yaml")
    made = rules("import", SAMPLE, "--use", MODEL, "--name", "test/carried", "-o", target)
    assert (made.exit_code, made.stdout) == (0, "")
    compared = ("diff", SAMPLE, "test/carried", "--use", MODEL, *OLD, "--reasons")
    same = rules(*compared, folder=folder)
    assert (same.exit_code, same.stdout) == (0, "0 of 20 cases change\n")


# --- explain ------------------------------------------------------------------------------------


def test_an_explanation_names_rule_reason_fields_and_checks(snapshot: Snapshot) -> None:
    made = rules("explain", "test/sample", *OLD, "type=venmo", "invoice_type=42")
    assert made.exit_code == 0
    held(snapshot, "explain-venmo.txt", made.stdout)


@pytest.mark.parametrize(
    ("rule", "because"),
    [
        ("cc-any", "beaten by cc-visa-42 (more specific in: vendor, invoice_type)"),
        ("ach-42", "different type: type ach != credit_card"),
        ("cc-visa-42", "it is the rule that decided"),
        ("nothing", "there is no such rule, or it was skipped when the rule set was read"),
    ],
)
def test_why_not_names_what_stood_in_the_way(rule: str, because: str) -> None:
    case = ("type=credit_card", "vendor=VISA", "invoice_type=42")
    made = rules("explain", "test/sample", *OLD, *case, "--why-not", rule)
    assert made.stdout.endswith(f"why not\n  {rule}: {because}\n")


def test_an_explanation_as_json_has_the_same_facts() -> None:
    made = rules("explain", "test/sample", *OLD, "type=17", "invoice_type=42", "--format", "json")
    said = json.loads(made.stdout)
    assert said["reason"] == "RULE_VIA_SUBSTITUTE"
    assert said["winner"]["id"] == "paypal-42"
    assert said["fields"]["gl_activity"] == {
        "value": "0",
        "source": "setting:64.3",
        "setting": "101|99|0",
    }


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("type=3",), 1),
        (("kind=1",), 1),
        (("type=ach",), 0),
        (("type=ach", "invoice_type=42"), 0),
        (("type=ach", "invoice_type=42", "--channel", "lockbox"), 1),
        (("type=ach", "invoice_type=42", "--channel", "data_pump"), 0),
        (("type=ach", "--channel", "post"), 2),
        (("type",), 2),
    ],
)
def test_explain_fails_where_nothing_can_be_posted(args: tuple[str, ...], code: int) -> None:
    assert rules("explain", "test/sample", *OLD, *args).exit_code == code


# --- diff ---------------------------------------------------------------------------------------


def test_old_codes_against_go_forward_are_committed(snapshot: Snapshot) -> None:
    later = ("--then-set", "64=101|97|0", "--then-set", "65=101|95|0")
    made = rules("diff", SAMPLE, GO_FORWARD, "--use", MODEL, *OLD, *later)
    assert made.exit_code == 1
    held(snapshot, "diff-old-go-forward.txt", made.stdout)


def test_the_list_of_go_forward_codes_leaves_one_card_to_the_settings() -> None:
    made = rules("diff", "test/listed", GO_FORWARD, *OLD)
    assert made.stdout == (
        "type=credit_card  99/101/0 base 64  ->  97/101/0 cc\n1 of 10 cases change\n"
    )
    assert rules("diff", "test/listed", GO_FORWARD, *NEW).exit_code == 0


def test_a_diff_as_json_has_both_sides_of_each_case() -> None:
    made = rules("diff", "test/listed", GO_FORWARD, *OLD, "--format", "json")
    (change,) = json.loads(made.stdout)["changes"]
    assert change["inputs"] == {"type": "credit_card", "vendor": None, "invoice_type": None}
    assert (change["before"]["rule"], change["after"]["rule"]) == (None, "cc")


# --- check, and the three traps -----------------------------------------------------------------


def test_trap_fallback_collision(snapshot: Snapshot) -> None:
    """The codes as listed beside settings of before: a card is booked as PayPal."""
    made = rules("check", "test/listed", *OLD)
    assert made.exit_code == 1
    assert "error[RUL301]" in made.stdout
    held(snapshot, "trap-collision.txt", made.stdout)
    assert "RUL301" not in rules("check", "test/listed", *NEW).stdout


def test_trap_card_vendor_spelt_rightly_is_unknown(snapshot: Snapshot) -> None:
    made = rules(
        "check", str(LEGACY / "misspelt.json"), "--use", MODEL, *OLD, "--format", "concise"
    )
    assert made.exit_code == 1
    assert "RUL003" in made.stdout
    held(snapshot, "trap-card-vendor.txt", made.stdout)


def test_trap_stray_word_before_the_brace(snapshot: Snapshot) -> None:
    name = str(LEGACY / "residue.json")
    made = rules("matrix", name, "--use", MODEL, *OLD)
    assert made.exit_code == 0
    held(snapshot, "trap-residue.txt", made.stderr + made.stdout)
    assert rules("check", name, "--use", MODEL, *OLD).exit_code == 1
    assert rules("import", name, "--use", MODEL).stdout == ""


def test_a_channel_in_use_makes_a_long_code_an_error() -> None:
    assert rules("check", "test/sample", *OLD).exit_code == 0
    assert rules("check", "test/sample", *OLD, "--strict").exit_code == 1
    assert rules("check", "test/sample", *OLD, "--channel", "lockbox").exit_code == 1
    assert "RUL401" in rules("check", "test/sample", *OLD, "--channel", "lockbox").stdout


def test_shipped_rules_have_no_finding_worth_a_warning() -> None:
    for name in (GO_FORWARD, "caselle/cash-receipting/two-codes"):
        made = rules("check", name, *NEW, "--channel", "lockbox", "--strict")
        assert made.exit_code == 0, made.stdout


# --- import and export --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sample", "go-forward", "visa", "text-ids", "key-order"])
def test_export_gives_back_what_was_imported(name: str, tmp_path: Path) -> None:
    source, folder = LEGACY / f"{name}.json", laid_out(tmp_path / "here")
    target = str(folder / "mappings" / "carried.yaml")
    made = rules("import", str(source), "--use", MODEL, "--name", "test/carried", "-o", target)
    assert made.exit_code == 0
    back = rules("export", "test/carried", folder=folder).stdout
    assert ordered(back) == ordered(source.read_text("utf-8"))


def ordered(text: str) -> object:
    """Give JSON with the order of its keys and the kinds of its values."""
    return json.loads(text, object_pairs_hook=list, parse_int=lambda one: ("int", one))


def test_nothing_is_written_of_a_faulty_document_unless_salvaged(tmp_path: Path) -> None:
    name, target = str(LEGACY / "unknown-type.json"), tmp_path / "made.yaml"
    made = rules("import", name, "--use", MODEL, "-o", str(target))
    assert (made.exit_code, target.exists()) == (1, False)
    assert "RUL105" in made.stderr
    made = rules("import", name, "--use", MODEL, "-o", str(target), "--salvage")
    assert (made.exit_code, target.exists()) == (1, True)


def test_a_file_is_not_overwritten_unless_asked(tmp_path: Path) -> None:
    target = tmp_path / "made.json"
    assert rules("export", GO_FORWARD, "-o", str(target)).exit_code == 0
    before = target.read_bytes()
    target.write_text("mine", "utf-8")
    assert rules("export", GO_FORWARD, "-o", str(target)).exit_code == 2
    assert target.read_text("utf-8") == "mine"
    assert rules("export", GO_FORWARD, "-o", str(target), "--replace").exit_code == 0
    assert target.read_bytes() == before


def test_export_writes_one_entry_per_value_where_asked() -> None:
    def brands(*args: str) -> list[list[str]]:
        entries = json.loads(rules("export", "test/listed", *args).stdout)["PaymentSettings"]
        return [one["CardVender"] for one in entries if "CardVender" in one]

    assert brands() == [["VISA", "MASTERCARD", "DISCOVER"], ["AMEX"]]
    assert sorted(brands("--split", "vendor")) == [["AMEX"], ["DISCOVER"], ["MASTERCARD"], ["VISA"]]


@pytest.mark.parametrize(
    "args",
    [
        ("matrix", "no/such"),
        ("matrix", "none.json", "--use", MODEL),
        ("matrix", SAMPLE),
        ("matrix", "caselle/ar/invoice"),
        ("matrix", GO_FORWARD, "--set", "64"),
        ("matrix", GO_FORWARD, "--biller", "nobody"),
        ("export", MODEL),
        ("diff", GO_FORWARD, "caselle/ar/invoice-types"),
    ],
)
def test_wrong_usage_exits_with_2(args: tuple[str, ...]) -> None:
    assert crosswalk("-C", project(), "rules", *args).returncode == 2
