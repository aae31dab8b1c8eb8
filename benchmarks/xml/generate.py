"""Write a camt.053 statement of about so many megabytes: python generate.py MEGABYTES FILE."""

import sys
from pathlib import Path

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-01-05T02:00:00</CreDtTm></GrpHdr>
    <Stmt>
      <Id>S1</Id>
      <Acct><Id><IBAN>XX00000000000000000001</IBAN></Id><Ccy>EUR</Ccy></Acct>
      <TxsSummry><TtlNtries><NbOfNtries>{count}</NbOfNtries><Sum>{total}</Sum></TtlNtries></TxsSummry>
"""
ENTRY = """      <Ntry>
        <NtryRef>{n}</NtryRef>
        <Amt Ccy="EUR">{amount}</Amt>
        <CdtDbtInd>{side}</CdtDbtInd>
        <Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>2026-01-0{day}</Dt></BookgDt>
        <ValDt><Dt>2026-01-0{day}</Dt></ValDt>
        <AcctSvcrRef>BANK{n:010}</AcctSvcrRef>
        <NtryDtls>
          <TxDtls>
            <Refs><EndToEndId>INV-{n}</EndToEndId></Refs>
            <Amt Ccy="EUR">{amount}</Amt>
            <RltdPties><Dbtr><Pty><Nm>Payer &amp; Sons {n}</Nm></Pty></Dbtr>
              <DbtrAcct><Id><IBAN>XX11{n:018}</IBAN></Id></DbtrAcct></RltdPties>
            <RmtInf><Ustrd>Invoice {n}</Ustrd></RmtInf>
          </TxDtls>
        </NtryDtls>
      </Ntry>
"""
TAIL = "    </Stmt>\n  </BkToCstmrStmt>\n</Document>\n"


def cents(n: int) -> int:
    """Give the amount of entry n."""
    return (n % 5000 + 1) * 100 + n % 100


def main(megabytes: float, path: Path) -> None:
    """Write the file."""
    count = int(megabytes * 1_000_000 / 800)
    total = sum(cents(n) for n in range(count))
    with path.open("w", encoding="utf-8") as out:
        out.write(HEAD.format(count=count, total=f"{total // 100}.{total % 100:02}"))
        for n in range(count):
            whole, rest = divmod(cents(n), 100)
            side = "DBIT" if n % 7 == 0 else "CRDT"
            amount = f"{whole}.{rest:02}"
            out.write(ENTRY.format(n=n, amount=amount, side=side, day=n % 9 + 1))
        out.write(TAIL)


if __name__ == "__main__":
    main(float(sys.argv[1]), Path(sys.argv[2]))
