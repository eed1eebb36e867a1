"""Mappings of the example's models with conversions, and with more than one org."""

from __future__ import annotations

from decimal import Decimal

import sfsync
from sfsync import Direction


def people_to_number(text: str | None) -> int | None:
    """Return 7 of "7 people"."""
    return int(text.removesuffix(" people")) if text else None


def number_to_people(number: int | None) -> str | None:
    return None if number is None else f"{number} people"


class ConvertedMapping(sfsync.Mapping):
    """The org has a sentence and whole euros; here are a number and thousands."""

    employees = sfsync.Field("Site", to_local=people_to_number, to_salesforce=number_to_people)
    annual_revenue = sfsync.Field(
        "AnnualRevenue",
        to_local=lambda euros: None if euros is None else euros / Decimal(1000),
        to_salesforce=lambda thousands: None if thousands is None else thousands * 1000,
    )
    website = sfsync.Field("Website", push_only=True)
    parent = sfsync.Reference("ParentId", "self")

    class Meta:
        model = "crm.Account"
        sobject = "Account"
        name = "Converted"
        external_id = sfsync.ExternalId("Django_Id__c", "uid")
        fields_map = {"Name": "name"}


class AbroadMapping(sfsync.Mapping):
    """The same model in another org, whose ids need a column of their own."""

    class Meta:
        model = "crm.Account"
        sobject = "Account"
        name = "Abroad"
        org = "abroad"
        fields_map = {"Name": "name"}
        external_id = sfsync.ExternalId("Django_Id__c", "uid")
        salesforce_id = "notes"


class KeeperMapping(sfsync.Mapping):
    """A key that is a text."""

    class Meta:
        model = "zoo.Keeper"
        sobject = "Account"
        name = "Keepers"
        fields_map = {"Name": "name"}


class EnclosureMapping(sfsync.Mapping):
    """A key that an instance has before it is saved."""

    class Meta:
        model = "zoo.Enclosure"
        sobject = "Account"
        name = "Enclosures"
        fields_map = {"Name": "name"}


class BirdMapping(sfsync.Mapping):
    """Two tables."""

    class Meta:
        model = "zoo.Bird"
        sobject = "Account"
        name = "Birds"
        fields_map = {"Name": "name", "Site": "ring"}


class ReadMapping(sfsync.Mapping):
    class Meta:
        model = "crm.Contact"
        sobject = "Contact"
        name = "Read"
        direction = Direction.PULL
        fields_map = {"LastName": "last_name"}


class WriteMapping(sfsync.Mapping):
    class Meta:
        model = "crm.Opportunity"
        sobject = "Opportunity"
        name = "Write"
        direction = Direction.PUSH
        fields_map = {"Name": "name", "StageName": "stage", "CloseDate": "close_date"}
        external_id = sfsync.ExternalId("Django_Id__c", "uid")
