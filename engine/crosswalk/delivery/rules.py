"""Rules the database itself enforces: legal steps, frozen columns, append-only tables."""

FROZEN = (
    "delivery_id",
    "biller",
    "operation",
    "idem_key",
    "kind",
    "amount_minor",
    "currency",
    "endpoint",
    "match_key",
    "target_id",
    "mapping",
    "source",
    "content_sha256",
    "created_us",
)
PAYLOAD = ("payload", "payload_sha256", "fill")
APPEND_ONLY = ("attempt", "attempt_result", "event", "transition", "meta", "migration")
KEPT = ("delivery", "run", *APPEND_ONLY)

# Each rule: its name, the operation it watches, when it strikes, and what it says.
_RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "first_state",
        "INSERT",
        "NEW.state NOT IN ('READY', 'HELD') OR NEW.version <> 0",
        "a delivery begins as READY or HELD",
    ),
    (
        "legal_step",
        "UPDATE",
        (
            "OLD.state <> NEW.state AND NOT EXISTS"
            " (SELECT 1 FROM transition WHERE src = OLD.state AND dst = NEW.state)"
        ),
        "illegal step",
    ),
    (
        "no_way_back",
        "UPDATE",
        "OLD.state IN ('POSTED', 'REJECTED', 'CANCELLED')",
        "a final state is never changed",
    ),
    ("next_version", "UPDATE", "NEW.version <> OLD.version + 1", "version must count up"),
    (
        "review_has_name",
        "UPDATE",
        (
            "OLD.state = 'REVIEW' AND NEW.state <> 'REVIEW' AND (NEW.decided_by IS NULL"
            " OR NEW.decision_note IS NULL OR LENGTH(NEW.decision_note) = 0)"
        ),
        "leaving REVIEW needs a name and a note",
    ),
    (
        "review_begins_open",
        "UPDATE",
        (
            "OLD.state <> 'REVIEW' AND NEW.state = 'REVIEW'"
            " AND (NEW.decided_by IS NOT NULL OR NEW.decision_note IS NOT NULL)"
        ),
        "a review begins without a decision",
    ),
    (
        "frozen_columns",
        "UPDATE",
        " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FROZEN),
        "a frozen column was changed",
    ),
    (
        "frozen_payload",
        "UPDATE",
        "(" + " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in PAYLOAD) + ")"
        " AND NOT (OLD.fill IS NOT NULL AND NEW.fill IS NULL"
        " AND OLD.state = 'HELD' AND NEW.state IN ('READY', 'CANCELLED'))",
        "the payload was changed",
    ),
)


def sqlite_triggers() -> list[str]:
    """Return the statements that install the rules on SQLite."""
    made = [
        f"CREATE TRIGGER {name} BEFORE {verb} ON delivery WHEN {_sqlite(when)}"
        f" BEGIN SELECT RAISE(ABORT, '{text}'); END"
        for name, verb, when, text in _RULES
    ]
    made += [_sqlite_refusal(table, "DELETE") for table in KEPT]
    made += [_sqlite_refusal(table, "UPDATE") for table in APPEND_ONLY]
    made.append(_sqlite_refusal("transition", "INSERT"))
    return made


def postgresql_triggers() -> list[str]:
    """Return the statements that install the rules on PostgreSQL."""
    made = []
    for name, verb, when, text in _RULES:
        made += [_function(name, when, text), _trigger(name, "delivery", verb)]
    made.append(_function("kept", "TRUE", "rows are kept as they are"))
    made += [_trigger(f"kept_{table}", table, "DELETE", "kept") for table in KEPT]
    made += [_trigger(f"same_{table}", table, "UPDATE", "kept") for table in APPEND_ONLY]
    made.append(_trigger("full_transition", "transition", "INSERT", "kept"))
    return made


def _sqlite(when: str) -> str:
    return when.replace("IS DISTINCT FROM", "IS NOT")  # older SQLite has no other spelling


def _sqlite_refusal(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER no_{verb.lower()}_{table} BEFORE {verb} ON {table}"
        " BEGIN SELECT RAISE(ABORT, 'rows are kept as they are'); END"
    )


def _function(name: str, when: str, text: str) -> str:
    return (
        f"CREATE FUNCTION crosswalk_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {when} THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; END IF;"
        " RETURN NEW; END $$"
    )


def _trigger(name: str, table: str, verb: str, function: str | None = None) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION crosswalk_{function or name}()"
    )
