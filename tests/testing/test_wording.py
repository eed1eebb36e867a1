"""Refusals whose words no source gives have names, and orgs have words of their own for them."""

from __future__ import annotations

import pytest
import requests

from sfsync.testing import SimulatedOrg
from sfsync.testing.settings import OrgSettings
from sfsync.testing.wording import TEXTS, Unsourced, worded

from .http.conftest import Api

JOIN = "SELECT Id FROM Account WHERE Name = 'x' OR Id IN (SELECT AccountId FROM Contact)"
COLUMN = "SELECT Foo FROM Account"


def refusal(answer: requests.Response) -> tuple[str, str]:
    [error] = answer.json()
    return error["errorCode"], error["message"]


def test_the_words_are_those_of_the_settings() -> None:
    texts = {"join_under_or": "no OR here", "no_such_column": "{sobject} lacks {name}"}
    with SimulatedOrg(texts=texts) as simulated:
        api = Api(simulated)
        assert refusal(api.get("/query", q=JOIN)) == ("MALFORMED_QUERY", "no OR here")
        code, message = refusal(api.get("/query", q=COLUMN))
        assert (code, message.split("\n")[1:]) == (
            "INVALID_FIELD",
            [COLUMN, " " * 7 + "^", "ERROR at Row:1:Column:8", "Account lacks Foo"],
        )
        [result] = api.composite({"method": "GET", "url": f"{api.base}/query?q={JOIN}", "referenceId": "one"})
        assert result["body"][0]["message"] == "no OR here"
        job = api("POST", "/jobs/query", json={"operation": "query", "query": COLUMN})
        assert refusal(job)[1].endswith("Account lacks Foo")
        api.session.close()


def test_without_a_text_of_its_own_a_refusal_has_the_default() -> None:
    error = Unsourced("join_under_or")
    assert worded(error, {"bad_id": "x"}) is error
    assert (error.status, error.code, error.message) == (400, *TEXTS["join_under_or"])


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"join_under_and": "x"}, "There is no refusal 'join_under_and'; there are empty_query, "),
        ({"no_such_column": "{user}"}, "The text 'no_such_column' can tell name, sobject, not user."),
    ],
)
def test_a_text_that_cannot_be_is_refused_at_once(texts: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match="^" + sentence):
        OrgSettings(texts=texts)
