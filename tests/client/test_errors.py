import json
from pathlib import Path

import pytest

from sfsync import exceptions
from sfsync.client import errors

RECORDED = Path(__file__).parents[3] / "shared/salesforce/recorded/errors/errors_observed.json"


def error(code, status=400, message="the org's text", fields=()):
    body = [{"errorCode": code, "message": message, "fields": list(fields)}]
    return errors.from_body(status, body, "sobjects/Contact")


@pytest.mark.parametrize(("code", "kind"), errors.BY_CODE.items())
def test_a_known_code_decides(code, kind):
    assert type(error(code)) is kind


def test_the_code_decides_before_the_status():
    assert type(error("UNABLE_TO_LOCK_ROW", status=500)) is exceptions.RowLocked


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, exceptions.SalesforceError),
        (401, exceptions.SessionExpired),
        (403, exceptions.SalesforceError),
        (404, exceptions.NotFound),
        (410, exceptions.UnsupportedVersion),
        (412, exceptions.PreconditionFailed),
        (420, exceptions.Unavailable),
        (429, exceptions.Unavailable),
        (500, exceptions.Unavailable),
        (503, exceptions.Unavailable),
    ],
)
def test_the_status_decides_about_an_unknown_code(status, kind):
    assert type(error("SOMETHING_NEW", status=status)) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("TotalRequests Limit exceeded.", exceptions.LimitExceeded),
        ("ConcurrentRequests (Concurrent API Requests) Limit exceeded.", exceptions.ConcurrentLimit),
        ("ConcurrentPerOrgLongTxn Limit exceeded", exceptions.ConcurrentLimit),
    ],
)
def test_the_limit_of_a_day_is_not_the_limit_of_a_moment(text, kind):
    assert type(error("REQUEST_LIMIT_EXCEEDED", status=403, message=text)) is kind


def test_an_error_knows_status_code_fields_and_resource():
    found = error("STRING_TOO_LONG", fields=["Name", "not a name!", 5])
    assert (found.status, found.code, found.fields, found.resource) == (
        400,
        "STRING_TOO_LONG",
        ("Name",),
        "sobjects/Contact",
    )


def test_the_orgs_text_is_an_attribute_and_nothing_else():
    """Covers F88."""
    found = error("STRING_TOO_LONG", message="data value too large: marked@value.example")
    assert found.org_message == "data value too large: marked@value.example"
    assert "marked" not in str(found) + repr(found) + repr(found.args)


def test_a_code_that_is_none_is_left_out():
    found = error("<script>alert(1)</script>")
    assert found.code == ""
    assert "script" not in str(found)


def test_of_several_errors_the_known_one_decides():
    body = [{"errorCode": "FIELD_INTEGRITY_EXCEPTION"}, {"errorCode": "DUPLICATE_VALUE"}]
    assert type(errors.from_body(400, body, "x")) is exceptions.DuplicateValue


@pytest.mark.parametrize("body", [None, [], "text", [None], {}, [[]], {"errorCode": 7, "fields": "Name"}])
def test_a_body_of_any_shape_gives_an_error(body):
    found = errors.from_body(400, body, "x")
    assert (type(found), found.code, found.fields) == (exceptions.SalesforceError, "", ())


@pytest.mark.parametrize(
    ("code", "text", "advice"),
    [
        ("invalid_client_id", "client identifier invalid", "SF_CONSUMER_KEY"),
        ("invalid_client", "invalid client credentials", "SF_CONSUMER_SECRET"),
        ("invalid_grant", "request not supported on this domain", "SF_AUTH_DOMAIN"),
        ("invalid_grant", "no client credentials user enabled", "Run-As user"),
        ("invalid_grant", "authentication failure", "frozen or locked"),
        ("invalid_grant", "something new", "key, secret and policies"),
    ],
)
def test_a_refused_sign_in_says_what_to_check(code, text, advice):
    found = errors.from_body(400, {"error": code, "error_description": text}, "services/oauth2/token")
    assert type(found) is exceptions.SignInFailed
    assert advice in str(found)


@pytest.mark.parametrize(
    ("text", "curable"),
    [
        ("Session expired or invalid", True),
        ("This session is not valid for use with the REST API", False),
        ("Connected app is not attached to Agent", False),
    ],
)
def test_a_new_token_heals_only_an_expired_session(text, curable):
    found = error("INVALID_SESSION_ID", status=401, message=text)
    assert isinstance(found, exceptions.SessionExpired)
    assert errors.is_curable(found) is curable


def test_every_exception_of_the_table_has_advice():
    assert {*errors.BY_CODE.values(), *errors.BY_STATUS.values()} <= errors.ADVICE.keys()


@pytest.mark.skipif(not RECORDED.exists(), reason="the recordings are not here")
def test_every_recorded_error_is_understood():
    for case in json.loads(RECORDED.read_text()):
        body, status = case["body"], case["http"] or 400
        if status >= 400 and not isinstance(body, str):
            found = errors.from_body(status, body, "x")
            assert found.org_message, case["case"]


@pytest.mark.parametrize(
    "value", ["5551234567", "_", "1.5", "20261123", "", None, 7, ["Name"], "a b", "a@b.example"]
)
def test_what_cannot_be_a_name_is_neither_a_code_nor_a_field(value):
    """Covers F86: numbers of phones and accounts stay out of messages and logs."""
    (entry,) = errors.entries([{"errorCode": value, "message": "m", "fields": [value, "Name"]}])
    assert entry == ("", "m", ("Name",))
