from sfsync.testing.org import Org
from sfsync.testing.rendering import Renderer, render
from sfsync.testing.storage import dumps

STAGE = {"Name": "Deal", "StageName": "Closed Won", "CloseDate": "2026-08-15"}


def test_columns_are_each_selected_once_and_id_first(org: Org) -> None:
    spec = org.schema.get("Account")
    fields = [spec.field(name) for name in ("BillingCity", "BillingAddress", "Id", "BillingCity")]
    renderer = Renderer(spec, fields, "66.0")
    assert renderer.columns[:2] == ["Id", "BillingCity"]
    assert len(renderer.columns) == len(set(renderer.columns)) == 9


def test_a_row_by_column_names(org: Org, user: str) -> None:
    deal = org.create("Opportunity", {**STAGE, "Amount": "564"}, user)
    spec = org.schema.get("Opportunity")
    [row] = org.storage.read('SELECT * FROM "Opportunity"')
    record = render(spec, row, [spec.field("Amount"), spec.field("IsWon"), spec.field("FiscalYear")], "60.0")
    assert dumps(record) == (
        f'{{"attributes":{{"type":"Opportunity","url":"/services/data/v60.0/sobjects/Opportunity/{deal}"}},'
        '"Amount":564.0,"IsWon":true,"FiscalYear":2026}'
    )


def test_no_digit_is_lost(org: Org, user: str) -> None:
    deal = org.create("Opportunity", {**STAGE, "Amount": "9999999999999999.99"}, user)
    assert '"Amount":9999999999999999.99,' in dumps(org.read("Opportunity", deal, ["Amount"], user))


def test_latitudes(org: Org, user: str) -> None:
    values = {"Name": "A", "BillingLatitude": 30.25, "BillingLongitude": "-97.123456789012345"}
    account = org.create("Account", values, user)
    text = dumps(org.read("Account", account, ["BillingAddress"], user))
    assert '"latitude":30.25,"longitude":-97.123456789012345,' in text
