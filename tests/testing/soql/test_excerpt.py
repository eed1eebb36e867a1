from __future__ import annotations

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.soql.excerpt import located

# Queries with the excerpts that live orgs sent for them.
LONG = "SELECT Id,CreatedById,OCE__ActualCap__c,TPI_Product__c,Name,OCE__JobId__c FROM Plan"
STATUS = "SELECT Id, ApiName, Status FROM FlowDefinition WHERE ApiName IN ('AGENT_SearchAccounts')"
SPACE = "SELECT Id FROM DataSpace WHERE DataSpaceDefinition.DeveloperName = 'default'"


@pytest.mark.parametrize(
    ("text", "word", "excerpt"),
    [
        (LONG, "TPI_Product__c", "CreatedById,OCE__ActualCap__c,TPI_Product__c,Name,OCE__JobId__c"),
        (STATUS, "ApiName", "SELECT Id, ApiName, Status FROM FlowDefinition"),
        (SPACE, "DataSpace", "SELECT Id FROM DataSpace WHERE DataSpaceDefinition.DeveloperName"),
        ("select count() from XYZZY", "XYZZY", "select count() from XYZZY"),
    ],
)
def test_excerpts_are_those_of_live_orgs(text: str, word: str, excerpt: str) -> None:
    offset = text.index(word)
    empty, shown, caret, place, sentence = located(
        text, offset, OrgError(400, "X", "sentence")
    ).message.split("\n")
    assert (empty, shown, sentence) == ("", excerpt, "sentence")
    assert shown[len(caret) - 1 :].startswith(word)
    assert place == f"ERROR at Row:1:Column:{offset + 1}"


def test_rows_are_counted() -> None:
    text = "SELECT Id\nFROM Account\nWHERE Foo = 1"
    message = located(text, text.index("Foo"), OrgError(400, "X", "sentence")).message
    assert message == "\nWHERE Foo = 1\n      ^\nERROR at Row:3:Column:7\nsentence"
