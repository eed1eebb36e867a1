from typing import Any

from sfsync.testing.org import Org
from sfsync.testing.schema import columns, sobject


def rows(org: Org, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in org.storage.read(sql, params)]


ENTITIES = (
    'SELECT "QualifiedApiName", "KeyPrefix", "IsReplicateable" FROM "EntityDefinition" WHERE "DurableId" = ?'
)
FIELDS = """
SELECT field."QualifiedApiName", field."DataType" FROM "FieldDefinition" field
JOIN "EntityDefinition" entity ON entity."Id" = field."EntityDefinitionId"
WHERE entity."QualifiedApiName" = ? AND field."QualifiedApiName" = ?
"""


def test_every_object_and_field_is_defined(org: Org) -> None:
    assert rows(org, ENTITIES, "Account") == [("Account", "001", 1)]
    assert rows(org, ENTITIES, "ContentVersion") == [("ContentVersion", "068", 0)]
    assert rows(org, FIELDS, "Account", "Name") == [("Name", "Text(255)")]
    assert rows(org, FIELDS, "Contact", "AccountId") == [("AccountId", "Lookup(Account)")]
    assert rows(org, FIELDS, "Opportunity", "Amount") == [("Amount", "Currency(16, 2)")]
    [(count,)] = rows(org, 'SELECT COUNT(*) FROM "FieldDefinition"')
    assert count == sum(len(spec.fields) for spec in org.schema)


def test_what_is_added_is_defined_too(org: Org) -> None:
    fields = (columns.record_id("Record ID"), columns.text("Name", "Name", 80, name_field=True))
    org.add_object(sobject(name="X__c", label="X", label_plural="Xs", key_prefix="a09", fields=fields))
    org.add_field("X__c", columns.currency("Y__c", "Y", 2))
    assert rows(org, ENTITIES, "X__c") == [("X__c", "a09", 1)]
    assert rows(org, FIELDS, "X__c", "Y__c") == [("Y__c", "Currency(16, 2)")]


def test_nobody_writes_them(org: Org, user: str) -> None:
    assert not org.describe("EntityDefinition", user)["createable"]
    assert rows(org, 'SELECT COUNT(*) FROM "_history" WHERE "sobject" LIKE \'%Definition\'') == [(0,)]


def test_every_org_has_a_price_book_and_business_hours(org: Org) -> None:
    assert rows(org, 'SELECT "Name", "IsStandard", "IsActive" FROM "Pricebook2"') == [
        ("Standard Price Book", 1, 1)
    ]
    assert rows(org, 'SELECT "Name", "IsDefault", "MondayStartTime" FROM "BusinessHours"') == [
        ("Default", 1, "00:00:00.000Z")
    ]
