# W2 in jq, without its checks of dates and amounts; amounts stay as they are written.
def code: if . == 2 then 95 elif . == 11 then 96 elif . >= 15 and . <= 17 then 99 else error("no code") end;
. as $p
| (if .PaymentTypeId == 1
   then (if ((.CardVendor // "") | ascii_upcase) == "AMEX" then 98 else 97 end)
   else (.PaymentTypeId | code) end) as $code
| .bill[]
| "{\"receiptDate\":\($p.PaymentDate | tojson),\"distributionCode\":\"101\",\"paymentCode\":\($code),"
  + "\"amount\":\(.Amount),\"accountNumber\":\(.AccountNumber | tojson),"
  + "\"accountName\":\($p.PayerName | tojson),\"glActivityNumber\":0,"
  + "\"allocateTo\":\(.InvoiceNumber | tojson),\"confirmationNumber\":\($p.PaymentGuid | tojson)}"
