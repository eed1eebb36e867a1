"""Prices: the standard one first, one per product and price book."""

from typing import Any

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.identity import STANDARD_PRICE_BOOK
from sfsync.testing.org import Org


@pytest.fixture
def product(org: Org, user: str) -> str:
    return org.create("Product2", {"Name": "P"}, user)


@pytest.fixture
def book(org: Org, user: str) -> str:
    return org.create("Pricebook2", {"Name": "Partners"}, user)


def price(org: Org, book: str, product: str, **values: Any) -> str:
    entry = {"Pricebook2Id": book, "Product2Id": product, "UnitPrice": "12.5", **values}
    return org.create("PricebookEntry", entry, org.settings.user_id)


def test_a_price_of_ones_own_needs_the_standard_price(org: Org, user: str, product: str, book: str) -> None:
    another = org.create("Product2", {"Name": "Another"}, user)
    price(org, STANDARD_PRICE_BOOK, another)
    with pytest.raises(OrgError) as refused:
        price(org, book, product)
    assert refused.value.body() == [
        {
            "message": "Before creating a custom price, create a standard price.",
            "errorCode": "STANDARD_PRICE_NOT_DEFINED",
            "fields": [],
        }
    ]
    standard = price(org, STANDARD_PRICE_BOOK, product)
    entry = price(org, book, product)
    org.delete("PricebookEntry", standard, user)
    org.update("PricebookEntry", entry, {"UnitPrice": 13}, user)  # the rule is one of new prices
    assert org.read("PricebookEntry", entry, ["UnitPrice"], user)["UnitPrice"] == 13


def test_a_product_has_one_price_in_a_price_book(org: Org, user: str, product: str, book: str) -> None:
    price(org, STANDARD_PRICE_BOOK, product)
    entry = price(org, book, product)
    with pytest.raises(OrgError, match="DUPLICATE_VALUE") as refused:
        price(org, book, product)
    assert refused.value.message == "This price definition already exists in this price book"
    org.delete("PricebookEntry", entry, user)
    price(org, book, product)
