"""Errors of the simulated org, each with the HTTP status, code and text that Salesforce sends.

`OrgError` is raised by every rule of the org and knows its own body. The named constructors below hold the
texts, so that no text is written twice. Texts come from traffic of real orgs; where the REST guide ("Status
Codes and Error Responses") or the SOAP guide ("Core Data Types Used in API Calls") is the source, the
constructor says so. Those of which no source is known are in `record_refusals` and `wording`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


class OrgError(Exception):
    """Refuse a request the way Salesforce does.

    `fields` None leaves the key out of the body. `code_first` gives the key order of errors that come from
    the REST framework instead of the record rules. `others` are further errors of the same record.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Sequence[str] | None = None,
        *,
        code_first: bool = False,
        others: Iterable[OrgError] = (),
    ) -> None:
        super().__init__(code)  # the message may quote a record's value, which belongs in no traceback
        self.status = status
        self.code = code
        self.message = message
        self.fields = None if fields is None else list(fields)
        self.code_first = code_first
        self.others = tuple(others)

    def body(self) -> list[dict[str, Any]]:
        """Return the JSON body of a single-resource answer: an array with one item per error."""
        return [self._entry(), *(entry for other in self.others for entry in other.body())]

    def items(self) -> list[dict[str, Any]]:
        """Return the `errors` array of a collections result, which says `statusCode` for the code."""
        own = {"statusCode": self.code, "message": self.message, "fields": self.fields or []}
        return [own, *(item for other in self.others for item in other.items())]

    def _entry(self) -> dict[str, Any]:
        if self.code_first:
            entry: dict[str, Any] = {"errorCode": self.code, "message": self.message}
        else:
            entry = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            entry["fields"] = self.fields
        return entry


class UnreadableValue(OrgError):
    """Refuse a value that the JSON parser cannot turn into the type of its field.

    `field` is the field's name, "" while nobody has named it. The place is line 1, column 1 until `at` says
    otherwise: whoever refuses the value does not know the body.
    """

    field = ""

    def __init__(self, complaint: str, line: int = 1, column: int = 1) -> None:
        super().__init__(400, "JSON_PARSER_ERROR", f"{complaint} at [line:{line}, column:{column}]")
        self._complaint = complaint

    def at(self, line: int, column: int) -> UnreadableValue:
        """Return this error with the place that the parser had reached, both counted from 1."""
        return UnreadableValue(self._complaint, line, column)


def not_found() -> OrgError:
    return OrgError(404, "NOT_FOUND", "The requested resource does not exist", code_first=True)


def external_id_not_found(name: str) -> OrgError:
    """Refuse a path whose last part is neither a record id nor an external id field."""
    return OrgError(
        404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}"
    )


def invalid_type(name: str) -> OrgError:
    return OrgError(
        400,
        "INVALID_TYPE",
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to "
        "append the '__c' after the entity name. Please reference your WSDL or the describe call for the "
        "appropriate names.",
    )


def no_such_column(field: str, sobject: str) -> OrgError:
    return OrgError(400, "INVALID_FIELD", f"No such column '{field}' on sobject of type {sobject}")


def id_in_body() -> OrgError:
    """Refuse an Id among the values (REST guide, "Create a Record")."""
    return OrgError(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.")


def mixed_operation(sobject: str, first: str) -> OrgError:
    """Refuse users and the like beside other records ("Create Multiple Records"; text of the Apex guide)."""
    message = (
        "DML operation on setup object is not permitted after you have updated a non-setup object (or vice "
        f"versa): {sobject}, original object: {first}"
    )
    return OrgError(400, "MIXED_DML_OPERATION", message, [])


def foreign_key_not_found(value: str, field: str, sobject: str) -> OrgError:
    message = f"Foreign key external ID: {value} not found for field {field} in entity {sobject}"
    return OrgError(400, "INVALID_FIELD", message, [])


def not_writeable(fields: Sequence[str]) -> OrgError:
    return OrgError(
        400,
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to create/update fields: {', '.join(fields)}. Please check the security settings of this "
        "field and verify that it is read/write for your profile or permission set.",
        fields,
    )


def required_missing(fields: Sequence[str]) -> OrgError:
    message = f"Required fields are missing: [{', '.join(fields)}]"
    return OrgError(400, "REQUIRED_FIELD_MISSING", message, fields)


def too_long(label: str, field: str, value: str, length: int) -> OrgError:
    message = f"{label}: data value too large: {value} (max length={length})"
    return OrgError(400, "STRING_TOO_LONG", message, [field])


def wrong_type(label: str, field: str, value: str) -> OrgError:
    message = f"{label}: value not of required type: {value}"
    return OrgError(400, "INVALID_TYPE_ON_FIELD_IN_RECORD", message, [field])


def unreadable_json(kind: str, token: str, text: str) -> UnreadableValue:
    """Refuse a JSON value that cannot become the field's type; `token` is the JSON parser's name for it."""
    return UnreadableValue(f"Cannot deserialize instance of {kind} from {token} value {text}")


def invalid_email(label: str, field: str, value: str) -> OrgError:
    return OrgError(400, "INVALID_EMAIL_ADDRESS", f"{label}: invalid email address: {value}", [field])


def number_out_of_range(label: str, field: str, value: str) -> OrgError:
    """Refuse too many integer digits (SOAP guide, DescribeSObjectResult: scale and digits)."""
    message = f"{label}: value outside of valid range on numeric field: {value}"
    return OrgError(400, "NUMBER_OUTSIDE_VALID_RANGE", message, [field])


def bad_picklist_value(label: str, field: str, value: str) -> OrgError:
    message = f"{label}: bad value for restricted picklist field: {value}"
    return OrgError(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field])


def too_many_values(label: str, field: str) -> OrgError:
    """Refuse more than 100 values of a multi-select picklist (Object Reference, "Field Types")."""
    message = f"{label}: too many values for multiselect picklist field"
    return OrgError(400, "TOO_MANY_ENUM_VALUE", message, [field])


def malformed_id(label: str, field: str, value: str) -> OrgError:
    return OrgError(400, "MALFORMED_ID", f"{label}: id value of incorrect type: {value}", [field])


def unknown_reference() -> OrgError:
    return OrgError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])


def unknown_record() -> OrgError:
    return OrgError(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")


def entity_is_deleted(status: int = 404) -> OrgError:
    return OrgError(status, "ENTITY_IS_DELETED", "entity is deleted", [])


def duplicate_value(field: str, record_id: str) -> OrgError:
    """Refuse a second record with a unique value; the text names the other by its 15-character id."""
    message = f"duplicate value found: {field} duplicates value on record with id: {record_id[:15]}"
    return OrgError(400, "DUPLICATE_VALUE", message, [])


def delete_restricted(name: str, children: str, numbers: Sequence[str]) -> OrgError:
    message = (
        f"Your attempt to delete {name} could not be completed because it is associated with the following "
        f"{children}.: {', '.join(numbers)}\n"
    )
    return OrgError(400, "DELETE_FAILED", message, [])


def record_type_not_valid(record_type_id: str) -> OrgError:
    message = f"Record Type ID: this ID value isn't valid for the user: {record_type_id}"
    return OrgError(400, "INVALID_CROSS_REFERENCE_KEY", message, ["RecordTypeId"])


def replication_date(message: str) -> OrgError:
    return OrgError(400, "INVALID_REPLICATION_DATE", message)


def missing_attributes() -> OrgError:
    """Refuse a nested record whose object cannot be told without its attributes."""
    message = (
        "Nested object for polymorphic foreign key must have an attributes field before any other fields."
    )
    return OrgError(400, "JSON_PARSER_ERROR", message, [])


def session_expired() -> OrgError:
    return OrgError(401, "INVALID_SESSION_ID", "Session expired or invalid")


def api_disabled() -> OrgError:
    """Refuse a user without the permission "API Enabled" (SOAP guide, ExceptionCode)."""
    return OrgError(403, "API_CURRENTLY_DISABLED", "API is disabled for this User")


def inactive_owner(user: str, label: str) -> OrgError:
    """Refuse an inactive user as owner (SOAP guide, StatusCode INACTIVE_OWNER_OR_USER)."""
    message = f"operation performed with inactive user [{user[:15]}] as owner of {label.lower()}"
    return OrgError(400, "INACTIVE_OWNER_OR_USER", message, ["OwnerId"])


def no_access(record_id: str) -> OrgError:
    """Refuse to touch or name a record that the user does not see; the text has its 15-character id."""
    message = f"insufficient access rights on cross-reference id: {record_id[:15]}"
    return OrgError(400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message, [])


def read_only(record_id: str) -> OrgError:
    """Refuse to change a record that the user may only read (HTTP status not sourced)."""
    return OrgError(
        403,
        "INSUFFICIENT_ACCESS_OR_READONLY",
        f"insufficient access rights on object id: {record_id[:15]}",
        [],
    )
