"""What the tests know about the sandbox partner: its operations, a biller's set-up, payments."""

from pathlib import Path

from crosswalk.delivery.capability import Effect, Lookup, OnAbsent, Operation, Success
from crosswalk.delivery.endpoint import Endpoint, TokenSource
from crosswalk.delivery.policy import Policy
from crosswalk.delivery.request import Kind, Request
from crosswalk.delivery.secrets import Secrets
from crosswalk.delivery.setup import Setup
from crosswalk.sandbox import graph
from crosswalk.sandbox.server import Behaviour, Sandbox
from crosswalk.sandbox.store import Store

# References, never values: where a biller keeps what the token service asks for.
BILLER = "NEWTOWN"
CLIENT_REF = f"env:{BILLER}_CLIENT"
SECRET_REF = f"env:{BILLER}_SECRET"
ROOT = Path(__file__).resolve().parents[2]
DESCRIPTION = ROOT / "mappings" / "caselle" / "cash-receipting.sandbox.json"

CREATE = """mutation Create(
  $receiptDate: Date!, $distributionCode: String!, $paymentCode: Int!, $amount: Decimal!,
  $accountNumber: String!, $accountName: String!, $allocateTo: String, $confirmationNumber: String!
) {
  create_receipt(
    receiptDate: $receiptDate, distributionCode: $distributionCode, paymentCode: $paymentCode,
    amount: $amount, accountNumber: $accountNumber, accountName: $accountName,
    allocateTo: $allocateTo, confirmationNumber: $confirmationNumber
  ) { receiptNumber amount confirmationNumber allocateTo }
}"""
FIND = """query Find($confirmationNumber: String!) {
  receipt(confirmationNumber: $confirmationNumber) {
    receiptNumber amount accountNumber allocateTo confirmationNumber voided
  }
}"""
VOID = """mutation Void($receiptNumber: String!, $date: Date!) {
  void_receipt(receiptNumber: $receiptNumber, date: $date) { receiptNumber voided }
}"""
FIND_VOID = """query FindVoid($receiptNumber: String!) {
  receipt(receiptNumber: $receiptNumber) { receiptNumber voided }
}"""
PAPER = """mutation Paper($customerNumber: Int!, $sendPaperStatement: Boolean!) {
  customer_send_paper_invoice_update(
    customerNumber: $customerNumber, sendPaperStatement: $sendPaperStatement
  ) { id sendPaperStatement }
}"""
BALANCE = """query Balance($customerNumber: Int!) {
  customer(customerNumber: $customerNumber) { id customerNumber balance name { fullName } }
}"""


def operations(deadline_s: float = 0.4, processing_s: float = 1.0) -> dict[str, Operation]:
    create = Operation(
        name="create_receipt",
        endpoint="cash",
        success=Success(
            ("data", "create_receipt", "receiptNumber"),
            ("confirmationNumber", "amount", "allocateTo"),
        ),
        deadline_s=deadline_s,
        max_processing_s=processing_s,
        max_attempts=8,
        definite_rejects=frozenset({"ACCOUNT_UNKNOWN"}),
        lookup=Lookup(
            document=FIND,
            key="confirmationNumber",
            path=("data", "receipt"),
            reference="receiptNumber",
            match=("confirmationNumber", "allocateTo", "accountNumber", "amount"),
            read_after_write=True,
        ),
        on_absent=OnAbsent.RESEND,
    )
    void = Operation(
        name="void_receipt",
        endpoint="cash",
        success=Success(("data", "void_receipt", "receiptNumber"), ("receiptNumber",)),
        deadline_s=deadline_s,
        max_processing_s=processing_s,
        lookup=Lookup(
            document=FIND_VOID,
            key="receiptNumber",
            path=("data", "receipt"),
            reference="receiptNumber",
            match=("receiptNumber",),
            expect={"voided": True},
            read_after_write=True,
        ),
        on_absent=OnAbsent.RESEND,
    )
    paper = Operation(
        name="paper",
        endpoint="cash",
        effect=Effect.IDEMPOTENT_WRITE,
        success=Success(
            ("data", "customer_send_paper_invoice_update", "id"), ("sendPaperStatement",)
        ),
        deadline_s=deadline_s,
        max_processing_s=processing_s,
    )
    balance = Operation(
        name="balance",
        endpoint="cash",
        effect=Effect.READ,
        success=Success(("data", "customer")),
        deadline_s=deadline_s,
    )
    return {one.name: one for one in (create, void, paper, balance)}


QUICK = Policy(
    first_s=0.02,
    most_s=0.3,
    breaker_failures=8,
    breaker_s=0.1,
    breaker_most_s=0.3,
    throttle_s=0.1,
    lookup_s=(0.1, 0.2, 0.4),
)


def endpoint(url: str, biller: str = "newtown", token: TokenSource | None = None) -> Endpoint:
    return Endpoint(biller, "cash", url, frozenset({"127.0.0.1"}), test=True, token=token)


def setup(url: str, state: Path, token: TokenSource | None = None, **kwargs: float) -> Setup:
    env = {"NEWTOWN_CLIENT": "client-a", SECRET_REF[4:]: "canary-client-secret"}
    return Setup(
        operations=operations(**kwargs),
        endpoints={("newtown", "cash"): endpoint(url, token=token)},
        state=state,
        secrets=Secrets(env=env),
        policy=QUICK,
    )


def payment(guid: str, invoice: str, cents: int, account: str = "10-1") -> Request:
    amount = f"{cents // 100}.{cents % 100:02d}"
    return Request(
        biller="newtown",
        operation="create_receipt",
        document=CREATE,
        variables={
            "receiptDate": "2026-03-02",
            "distributionCode": "444",
            "paymentCode": 7,
            "amount": amount,
            "accountNumber": account,
            "accountName": "Marta Quill",
            "allocateTo": invoice,
            "confirmationNumber": guid,
        },
        key=f"{guid}/{invoice}",
        amount_minor=cents,
    )


def void(of: Request) -> Request:
    return Request(
        biller=of.biller,
        operation="void_receipt",
        document=VOID,
        variables={"date": "2026-03-03"},
        key=f"void/{of.key}",
        kind=Kind.VOID,
        amount_minor=of.amount_minor,
        target=of.key,
        target_operation=of.operation,
        fill="receiptNumber",
    )


def paper(number: int, key: str, *, on: bool) -> Request:
    return Request(
        biller="newtown",
        operation="paper",
        document=PAPER,
        variables={"customerNumber": number, "sendPaperStatement": on},
        key=key,
        kind=Kind.CHANGE,
        subject=str(number),
    )


def sandbox(folder: Path, behaviour: Behaviour | None = None, port: int = 0) -> Sandbox:
    partner = graph.load(DESCRIPTION)
    store = Store(folder / "receipts.jsonl", partner.number, partner.voided, "5")
    return Sandbox(partner, store, behaviour, port)
