import io
import json
import re

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from sfsync.management.commands import sf_describe
from sfsync.values import FieldType


@pytest.fixture(autouse=True)
def mapped(settings):
    settings.SF_MAPPINGS = ["crm.mappings.AccountMapping", "crm.mappings.ContactMapping"]


def describe(*arguments):
    out = io.StringIO()
    call_command("sf_describe", *arguments, stdout=out, no_color=True)
    return out.getvalue().splitlines()


def row(lines, name):
    """Return a row of a table as {heading: cell}, cut where the headings stand."""
    starts = [match.start() for match in re.finditer(r"(?:(?<=  )|^)\S", lines[0])]
    spans = [slice(*pair) for pair in zip(starts, [*starts[1:], None], strict=True)]
    (line,) = [line for line in lines[1:] if line.split("  ")[0] == name]
    return {lines[0][span].strip(): line[span].strip() for span in spans}


def records(*arguments):
    return {record["name"]: record for record in map(json.loads, describe(*arguments, "--json"))}


def test_the_table_of_sobjects(org):
    lines = describe()
    assert row(lines, "Contact") == {
        "name": "Contact",
        "label": "Contact",
        "prefix": "003",
        "queryable": "yes",
        "createable": "yes",
        "replicateable": "yes",
        "mapped by": "ContactMapping",
    }
    assert row(lines, "Opportunity")["mapped by"] == ""
    assert org.api_calls == 1


def test_sobjects_as_json(org):
    found = records()
    assert found["Account"] == {
        "name": "Account",
        "label": "Account",
        "prefix": "001",
        "queryable": True,
        "createable": True,
        "replicateable": True,
        "mapped_by": ["AccountMapping"],
    }
    assert found["User"]["mapped_by"] == []


def test_the_table_of_fields(org):
    lines = describe("Contact")
    assert row(lines, "LastName") == {
        "name": "LastName",
        "type": "string",
        "length": "80",
        "required": "yes",
        "writeable": "yes",
        "references": "",
        "mapped to": "crm.Contact.last_name",
    }
    assert row(lines, "AccountId")["references"] == "Account"
    assert row(lines, "AccountId")["mapped to"] == "crm.Contact.account"
    assert row(lines, "Id")["mapped to"] == "crm.Contact.sf_id"
    assert row(lines, "Id")["writeable"] == ""
    assert row(lines, "Django_Id__c")["mapped to"] == "crm.Contact.uid"
    assert row(lines, "Department")["mapped to"] == ""
    assert org.api_calls == 1


def test_fields_as_json(org):
    found = records("Account")
    assert found["AnnualRevenue"]["length"] == "18.0"
    assert found["NumberOfEmployees"]["length"] == 8
    assert found["ParentId"]["references"] == ["Account"]
    assert found["Phone"]["mapped_to"] == ["crm.Account.phone"]
    assert (found["IsDeleted"]["required"], found["IsDeleted"]["writeable"]) == (False, False)


def test_names_in_any_case(org):
    assert describe("contact") == describe("Contact")


@pytest.mark.parametrize(
    ("name", "hint"), [("Contcat", "Did you mean 'Contact'?"), ("../x", "no sObject '../x'")]
)
def test_an_unknown_sobject_is_an_error_that_names_the_nearest(org, name, hint):
    with pytest.raises(CommandError) as caught:
        describe(name)
    assert hint in str(caught.value)
    assert caught.value.returncode == 2


def test_an_unknown_org_is_an_error(org):
    with pytest.raises(CommandError, match="'emea'") as caught:
        describe("--org", "emea")
    assert caught.value.returncode == 2


def test_an_org_that_does_not_answer_is_an_error(settings):
    with pytest.raises(CommandError, match="No answer of Salesforce") as caught:
        describe()
    assert caught.value.returncode == 1


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"length": 80}, 80),
        ({"precision": 18, "scale": 2}, "16.2"),
        ({"digits": 8}, 8),
        ({}, None),
    ],
)
def test_sizes(sizes, shown):
    assert sf_describe.size(FieldType(name="X", type="x", **sizes)) == shown
