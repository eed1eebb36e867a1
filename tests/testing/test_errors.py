import json
import os
from pathlib import Path
from typing import Any

import pytest

from sfsync.testing import errors

RECORDED = Path(
    os.environ.get("SFSYNC_RECORDED", Path(__file__).parents[3] / "shared" / "salesforce" / "recorded")
)
OBSERVED = RECORDED / "errors" / "errors_observed.json"


def test_bodies_have_the_keys_of_their_kind() -> None:
    assert errors.required_missing(["Name"]).body() == [
        {
            "message": "Required fields are missing: [Name]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["Name"],
        }
    ]
    assert list(errors.not_found().body()[0]) == ["errorCode", "message"]
    assert list(errors.unknown_record().body()[0]) == ["message", "errorCode"]


def test_items_of_collections_say_status_code_and_always_have_fields() -> None:
    assert errors.unknown_record().items() == [
        {"statusCode": "INVALID_CROSS_REFERENCE_KEY", "message": "invalid cross reference id", "fields": []}
    ]


def test_several_errors_of_one_record() -> None:
    error = errors.OrgError(400, "A", "a", [], others=[errors.OrgError(400, "B", "b", [])])
    assert [entry["errorCode"] for entry in error.body()] == ["A", "B"]
    assert [item["statusCode"] for item in error.items()] == ["A", "B"]


def test_no_value_of_a_record_in_the_exception_itself() -> None:
    error = errors.too_long("Name", "Name", "secret value", 3)
    assert "secret" not in f"{error} {error!r}"


def raised() -> list[tuple[str, errors.OrgError]]:
    """Each case of the recordings beside the error that our constructor makes of the same facts."""
    reference = "0116", "Invoice_External_Id__c", "blng__Invoice__c"
    topic = "NOWELLPOINT_OPPORTUNITY_PUSH_TOPIC"
    moment = '"2013-08-12T15:20:00+0000"'
    return [
        ("REQUIRED_FIELD_MISSING", errors.required_missing(["Name"])),
        ("INVALID_FIELD Id in create body", errors.id_in_body()),
        ("INVALID_FIELD unknown column", errors.no_such_column("foo", "Bar")),
        ("INVALID_FIELD parent external id not found", errors.foreign_key_not_found(*reference)),
        ("INVALID_FIELD_FOR_INSERT_UPDATE", errors.not_writeable(["Name"])),
        (
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            errors.bad_picklist_value("Race", "Race__c", "Native American / Alaskan Native"),
        ),
        ("STRING_TOO_LONG", errors.too_long("Topic Name", "Name", topic, 25)),
        ("INVALID_EMAIL_ADDRESS", errors.invalid_email("Email", "Email", "not an email")),
        ("DUPLICATE_VALUE", errors.duplicate_value("Connect_Project_Id__c", "00Q58000003tW4uEAE")),
        ("INVALID_CROSS_REFERENCE_KEY unknown id", errors.unknown_record()),
        ("ENTITY_IS_DELETED", errors.entity_is_deleted()),
        ("NOT_FOUND record/resource", errors.not_found()),
        ("NOT_FOUND external id field", errors.external_id_not_found("Namez")),
        ("MALFORMED_ID", errors.malformed_id("Account ID", "Id", "001900K0001pPuOAAU")),
        (
            "JSON_PARSER_ERROR bad datetime",
            errors.unreadable_json("datetime", "VALUE_STRING", moment).at(1, 179),
        ),
        (
            "INVALID_TYPE_ON_FIELD_IN_RECORD",
            errors.wrong_type("Trade-In Used As Deposit?", "AF_TradeInAsDeposit__c", ""),
        ),
        ("DELETE_FAILED", errors.delete_restricted("Mr. Josh Davis", "cases", ["00001005"])),
        (
            "INVALID_REPLICATION_DATE too old",
            errors.replication_date("startDate cannot be more than 30 days ago"),
        ),
    ]


@pytest.mark.skipif(not OBSERVED.exists(), reason="the recordings are not here")
@pytest.mark.parametrize(("case", "error"), raised(), ids=[case for case, _ in raised()])
def test_texts_are_those_of_real_orgs(case: str, error: errors.OrgError) -> None:
    observed: dict[str, Any] = {entry["case"]: entry for entry in json.loads(OBSERVED.read_text())}
    assert error.body() == observed[case]["body"]
    assert error.status == observed[case]["http"]
