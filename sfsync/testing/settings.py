"""What is fixed about a simulated org, and the switches for what Salesforce's documentation leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from .ids import make_id
from .wording import check_texts


@dataclass(frozen=True, kw_only=True)
class OrgSettings:
    """Credentials, identity and switches of one org. `replication_enabled` is the birth of its delete log."""

    consumer_key: str = "3MVG9SIMULATEDORG.consumer.key"
    consumer_secret: str = field(default="5IMULATED0RG5ECRET", repr=False)
    username: str = "admin@simulated-org.example"
    password: str = field(default="simulated-password", repr=False)
    security_token: str = field(default="simulatedtoken", repr=False)
    refresh_token: str = field(default="5Aep861SIMULATEDORG.refresh.token", repr=False)  # the administrator's
    refresh_token_rotation: bool = False
    certificate: str | None = field(
        default=None, repr=False
    )  # PEM of the consumer's certificate or public key
    client_credentials_flow: bool = True  # False: no Run-As user is named
    password_flow: bool = True  # blocked by default in orgs made since Summer '23
    my_domain: bool = True  # False: served as login.salesforce.com, which knows no client credentials
    is_sandbox: bool = False
    session_seconds: int = 7200  # the default of the session settings
    org_id: str = make_id("00D", 1)
    user_id: str = make_id("005", 1)
    organization_name: str = "Simulated Org"
    base_url: str | None = None  # None: the address the server listens on
    daily_api_requests: int = 15_000  # Developer Edition ("API Request Limits and Allocations")
    # The same page: requests of 20 seconds or more, of which Developer Edition runs five at once.
    concurrent_requests: int = 5
    long_request_seconds: float = 20
    replication_enabled: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    replication_id_limit: int = 600_000  # REST guide, "sObject Get Updated"
    licences: int = 2  # Developer Edition; the delete log holds 5,000 entries for each ("getDeleted()")

    # Bulk API 2.0: a job is worked on by a thread at once, or as far as so many steps of 200 records (0: to
    # its end) go whenever a client asks how it stands. Limits: "Bulk API and Bulk API 2.0 Limits and
    # Allocations"; 150 MB of data in base64 are three quarters of that before.
    bulk_runner: Literal["thread", "status"] = "thread"
    bulk_steps_per_status: int = 0
    bulk_upload_bytes: int = 112_500_000
    bulk_daily_records: int = 150_000_000
    bulk_daily_query_jobs: int = 10_000
    bulk_hard_delete: bool = True  # has the user the permission "Bulk API Hard Delete"

    # Not documented; each default is the cautious reading.
    bulk_page_records: int = 50_000  # a page of query results when the client does not say how many
    bulk_one_upload: bool = True
    bulk_results_reversed: bool = False  # the order of result rows is not guaranteed: turn it round
    bulk_columns_ordered_before_50: bool = False  # else they are sorted by name below API version 50
    bulk_doubles: Literal["exponent", "plain"] = "exponent"
    bulk_datetimes: Literal["Z", "+0000"] = "Z"
    latest_date_covered_for_future_end: Literal["minute", "now", "end"] = "minute"
    updated_lists_deleted: bool = False
    deleted_window_over_one_minute: bool = (
        True  # the guide says "by more than one minute", the error "at least"
    )
    deletes_before_horizon: Literal["short", "error"] = "short"
    extra_digits: Literal["truncate", "half_up"] = "truncate"
    newlines: Literal["keep", "lf"] = "keep"  # what becomes of CRLF in text areas
    deleted_parent: Literal["ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"] = "ENTITY_IS_DELETED"
    clearing_stamps: bool = True  # does a lookup that is cleared with its parent touch SystemModstamp
    computing_stamps: bool = False  # does a computed value that changes touch the stamps of its record
    merging_stamps_children: bool = False  # does a merge touch the stamps of the records it re-parents
    # What getDeleted knows of a record that was deleted and then purged: its delete, that something is missing
    # (the log begins after it), or nothing.
    purged_in_log: Literal["listed", "gap", "silent"] = "listed"
    delete_log_gap: Literal["error", "short"] = "error"  # the answer to a start before the log's purge
    composite_replication: bool = True
    composite_conditional_patch: bool = True
    assertion_seconds: int = 300  # how far ahead the exp of a JWT may lie; three and five minutes are told
    key_in_upsert: Literal["accept", "refuse"] = (
        "accept"  # the external id in the body as well as in the path
    )
    conditional_delete: bool = False  # do If-Unmodified-Since and If-Match count for a DELETE
    hidden_field_in_write: Literal["INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_FIELD"] = (
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    )
    freezing_ends_sessions: bool = True  # are the sessions of a user over once an administrator froze them
    polymorphic_parents_are_names: bool = True  # a parent reached by Who or What goes out as type Name
    grouping_ignores_case: bool = True  # GROUP BY and COUNT_DISTINCT
    week_begins: Literal["sunday", "monday"] = "sunday"  # follows the locale of the user; en_US has Sunday
    fiscal_year_month: int = 1
    search_words: Literal["all", "any"] = "all"  # words of a search without an operator between them
    # What becomes of the second of two upserts that create the same record at once.
    racing_upsert: Literal["DUPLICATE_VALUE", "update"] = "DUPLICATE_VALUE"
    # Other words for refusals whose words no source gives, by the names of `wording.TEXTS`.
    texts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_texts(self.texts)
