"""The tables of the ledger (delivery 3.5). Amounts are whole minor units, times microseconds."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from crosswalk.delivery.states import State

META = MetaData()
_KEY = BigInteger().with_variant(Integer, "sqlite")
_WORD = String(200)

STATES = ", ".join(f"'{state}'" for state in State)

delivery = Table(
    "delivery",
    META,
    Column("delivery_id", _KEY, primary_key=True),
    Column("biller", _WORD, nullable=False),
    Column("operation", _WORD, nullable=False),
    Column("idem_key", _WORD, nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("amount_minor", BigInteger),
    Column("currency", String(3), nullable=False),
    Column("endpoint", _WORD, nullable=False),
    Column("match_key", _WORD),  # what the partner is asked for when the outcome is unknown
    Column("target_id", ForeignKey("delivery.delivery_id")),  # the payment that a void undoes
    Column("fill", _WORD),  # the variable that still waits for the payment's receipt number
    Column("mapping", _WORD, nullable=False),
    Column("source", _WORD, nullable=False),
    Column("payload", Text, nullable=False),
    Column("payload_sha256", String(64), nullable=False),
    Column("content_sha256", String(64), nullable=False),  # of what was handed over
    Column("created_us", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lookups", Integer, nullable=False),
    Column("owner", _WORD),
    Column("sent_at_us", BigInteger),
    Column("unknown_us", BigInteger),
    Column("next_at_us", BigInteger, nullable=False),
    Column("partner_ref", _WORD),
    Column("reason", _WORD, nullable=False),
    Column("detail", _WORD, nullable=False),  # receipt numbers and codes for the review, no texts
    Column("decided_by", _WORD),
    Column("decision_note", String(1000)),
    UniqueConstraint("biller", "operation", "idem_key", name="one_delivery_per_key"),
    CheckConstraint("kind IN ('payment', 'void', 'change')", name="known_kind"),
    CheckConstraint(
        "amount_minor > 0 OR (kind = 'change' AND amount_minor IS NULL)", name="amount_above_zero"
    ),
    CheckConstraint("(kind = 'void') = (target_id IS NOT NULL)", name="void_has_target"),
    CheckConstraint(f"state IN ({STATES})", name="known_state"),
    CheckConstraint("(state = 'POSTED') = (partner_ref IS NOT NULL)", name="posted_has_reference"),
    CheckConstraint(
        "state <> 'SENDING' OR (owner IS NOT NULL AND sent_at_us IS NOT NULL)",
        name="sending_has_owner",
    ),
    CheckConstraint("fill IS NULL OR state IN ('HELD', 'CANCELLED')", name="waiting_is_held"),
    Index("delivery_due", "state", "next_at_us"),
    Index("delivery_match", "biller", "operation", "match_key"),
    Index("delivery_target", "target_id"),
    Index(
        "one_delivery_per_reference",
        "biller",
        "operation",
        "partner_ref",
        unique=True,
        sqlite_where=text("partner_ref IS NOT NULL AND kind <> 'change'"),
        postgresql_where=text("partner_ref IS NOT NULL AND kind <> 'change'"),
    ),
)

attempt = Table(
    "attempt",
    META,
    Column("delivery_id", ForeignKey("delivery.delivery_id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("started_us", BigInteger, nullable=False),
    Column("request_sha256", String(64), nullable=False),
    Column("worker", _WORD, nullable=False),
    PrimaryKeyConstraint("delivery_id", "n"),
)

attempt_result = Table(
    "attempt_result",
    META,
    Column("delivery_id", BigInteger, nullable=False),
    Column("n", Integer, nullable=False),
    Column("ended_us", BigInteger, nullable=False),
    Column("outcome", _WORD, nullable=False),
    Column("reason", _WORD, nullable=False),
    Column("http_status", Integer),
    Column("error_codes", _WORD, nullable=False),
    Column("partner_ref", _WORD),
    PrimaryKeyConstraint("delivery_id", "n"),
)

event = Table(
    "event",
    META,
    Column("event_id", _KEY, primary_key=True),
    Column("delivery_id", ForeignKey("delivery.delivery_id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("who", _WORD, nullable=False),
    Column("what", _WORD, nullable=False),
    Column("src", String(10)),
    Column("dst", String(10)),
    Column("reason", _WORD, nullable=False),
    Column("note", String(1000), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("delivery_id", "seq", name="one_chain_per_delivery"),
)

breaker = Table(
    "breaker",
    META,
    Column("biller", _WORD, nullable=False),
    Column("endpoint", _WORD, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("open_until_us", BigInteger, nullable=False),
    Column("held", _WORD),  # why a person must act, or null
    PrimaryKeyConstraint("biller", "endpoint"),
)

worker = Table(
    "worker",
    META,
    Column("owner", _WORD, primary_key=True),
    Column("proof", _WORD, nullable=False),  # how its death can be proved: lock file or session
    Column("started_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
)

run = Table(
    "run",
    META,
    Column("run_id", _WORD, primary_key=True),
    Column("started_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    Column("submitted", Integer, nullable=False),
    Column("state", _WORD, nullable=False),
)

transition = Table(
    "transition",
    META,
    Column("src", String(10), nullable=False),
    Column("dst", String(10), nullable=False),
    PrimaryKeyConstraint("src", "dst"),
)

meta = Table(
    "meta",
    META,
    Column("name", _WORD, primary_key=True),
    Column("value", _WORD, nullable=False),
)

migration = Table(
    "migration",
    META,
    Column("number", Integer, primary_key=True),
    Column("applied_us", BigInteger, nullable=False),
)
