"""A Django test case with an org of its own for every test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.test import TestCase

from .commands import pull, push
from .factory import RecordFactory
from .org import SalesforceOrg, simulated_salesforce


class SalesforceTestCase(TestCase):
    """Give each test a simulated org as `self.salesforce`, to which the org `default` of the settings leads.

    `salesforce_options` are those of `simulated_salesforce`. The database is rolled back after each test.
    """

    salesforce_options: ClassVar[Mapping[str, Any]] = {}
    salesforce: SalesforceOrg

    def setUp(self) -> None:
        super().setUp()
        self.salesforce = self.enterContext(simulated_salesforce(**self.salesforce_options))

    def pull(self, *arguments: str, exit_code: int = 0) -> str:
        """Run sf_pull, which has to end with this exit code, and return what it printed."""
        return pull(*arguments, exit_code=exit_code)

    def push(self, *arguments: str, exit_code: int = 0) -> str:
        """Run sf_push, which has to end with this exit code, and return what it printed."""
        return push(*arguments, exit_code=exit_code)

    def factory(self, sobject: str, **defaults: Any) -> RecordFactory:
        """Return a maker of records in this test's org."""
        return RecordFactory(self.salesforce, sobject, **defaults)
