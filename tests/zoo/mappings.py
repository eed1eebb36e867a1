"""Mappings of the zoo: they are never run, their triggers are."""

import sfsync


class KeeperMapping(sfsync.Mapping):
    name = sfsync.Field("Name")

    class Meta:
        model = "zoo.Keeper"
        sobject = "Keeper__c"


class SpecimenMapping(sfsync.Mapping):
    keeper = sfsync.Reference("Keeper__c", KeeperMapping)

    class Meta:
        model = "zoo.Specimen"
        sobject = "Specimen__c"
        external_id = sfsync.ExternalId("Django_Id__c", "uid")
        fields_map = {
            "Name": "name",
            "Note__c": "note",
            "Price__c": "price",
            "Population__c": "population",
            "Born__c": "born",
            "Seen__c": "seen",
            "Fed__c": "fed",
            "Alive__c": "alive",
            "Chip__c": "chip",
            "Photo__c": "photo",
            "Ratio__c": "ratio",
            "Legs__c": "legs",
            "Cells__c": "cells",
            "Facts__c": "facts",
            "Gestation__c": "gestation",
        }


class SpecimenAbroadMapping(sfsync.Mapping):
    """A second target on the same table."""

    class Meta:
        model = "zoo.Specimen"
        sobject = "Specimen__c"
        org = "abroad"
        fields_map = {"Name": "name"}


class EnclosureMapping(sfsync.Mapping):
    keeper = sfsync.Reference("Keeper__c", KeeperMapping)

    class Meta:
        model = "zoo.Enclosure"
        sobject = "Enclosure__c"
        fields_map = {"Name": "name"}


class BirdMapping(sfsync.Mapping):
    class Meta:
        model = "zoo.Bird"
        sobject = "Bird__c"
        fields_map = {"Name": "name", "Ring__c": "ring", "Wingspan__c": "wingspan"}


class ExhibitMapping(sfsync.Mapping):
    class Meta:
        model = "zoo.Exhibit"
        sobject = "Exhibit__c"
        fields_map = {"Name": "title", "Opened__c": "opened"}
