"""The objects and fields of the simulated org."""

from .base import FieldSpec, PicklistValue, Schema, SObjectSpec, sobject

__all__ = ["FieldSpec", "PicklistValue", "SObjectSpec", "Schema", "sobject"]
