"""SalesforceTestCase, as a user of sfsync writes one."""

from __future__ import annotations

from crm.models import Account, Contact
from sfsync.test import SalesforceTestCase


class EveryTestTests(SalesforceTestCase):
    def test_what_is_in_the_org_comes_here_and_what_is_written_here_goes_there(self) -> None:
        sf_id = self.salesforce.create("Contact", LastName="Lovelace", Email="Ada@Example.com")
        self.pull()
        contact = Contact.objects.get()
        self.assertEqual((contact.sf_id, contact.email), (sf_id, "ada@example.com"))
        contact.first_name = "Ada"
        contact.save()
        self.push()
        self.assertEqual(self.salesforce.read("Contact", sf_id, "FirstName")["FirstName"], "Ada")

    def test_every_test_has_its_own_org_and_database(self) -> None:
        self.assertEqual(self.salesforce.ids("Contact"), [])
        self.assertFalse(Contact.objects.exists())

    def test_edits_in_the_org_are_pulled_after_the_first_load(self) -> None:
        sf_id = self.salesforce.create("Account", Name="Acme")
        self.pull()
        self.salesforce.pass_time(minutes=5)
        self.salesforce.update("Account", sf_id, Name="Acme Ltd")
        self.salesforce.pass_time(minutes=5)
        self.pull()
        self.assertEqual(Account.objects.get().name, "Acme Ltd")

    def test_deletes_in_the_org_are_pulled(self) -> None:
        sf_id = self.salesforce.create("Account", Name="Acme")
        self.pull()
        self.salesforce.pass_time(minutes=5)
        self.salesforce.delete("Account", sf_id)
        self.salesforce.pass_time(minutes=5)
        self.pull()
        self.assertFalse(Account.objects.exists())

    def test_a_lost_answer_duplicates_nothing(self) -> None:
        Account.objects.create(name="Acme")
        self.salesforce.faults.add("drop", contains="Acme", nth=1)
        self.push(exit_code=1)
        self.push()
        self.assertEqual(len(self.salesforce.ids("Account")), 1)

    def test_another_exit_code_is_a_failure(self) -> None:
        self.salesforce.faults.add("status", status=503)
        with self.assertRaisesRegex(AssertionError, "sf_pull ended with 1"):
            self.pull()

    def test_factories_make_records_in_this_org(self) -> None:
        self.factory("Opportunity").create_batch(3)
        self.assertEqual(len(self.salesforce.ids("Opportunity")), 3)


class SeededTests(SalesforceTestCase):
    salesforce_options = {"seed": {"accounts": 3, "contacts": 4, "opportunities": 0}}

    def test_options_are_those_of_the_org(self) -> None:
        self.pull()
        self.assertEqual((Account.objects.count(), Contact.objects.count()), (3, 4))
