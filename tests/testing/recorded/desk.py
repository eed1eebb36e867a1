"""An org in which one request after the other goes wrong, or is answered without having been recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import jwt
from werkzeug.test import TestResponse

from sfsync.testing.access import Access
from sfsync.testing.assertions import new_key_pair
from sfsync.testing.schema.columns import boolean, picklist

from .exchanges import Exchange
from .replay import Replay

DATA = "/services/data/v60.0"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Desk(Replay):
    """An org in which one request after the other goes wrong."""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        whole = path if path.startswith("/services") else DATA + path
        return self.send(Exchange(method, whole, body, 0, None), **headers)

    def post(self, sobject: str, **values: Any) -> TestResponse:
        return self.call("POST", f"/sobjects/{sobject}", values)

    def records(self, *records: dict[str, Any], all_or_none: bool = False) -> TestResponse:
        typed = [{"attributes": {"type": "Account"}, **record} for record in records]
        return self.call("POST", "/composite/sobjects", {"allOrNone": all_or_none, "records": typed})

    def query(self, soql: str) -> TestResponse:
        return self.call("GET", f"/query?q={quote(soql)}")

    def grant(self, grant: str, **form: str) -> TestResponse:
        settings = self.org.settings
        known = {"client_id": settings.consumer_key, "client_secret": settings.consumer_secret}
        values = {"grant_type": grant, **known, **form}
        text = "&".join(f"{name}={quote(value)}" for name, value in values.items())
        return self.call("POST", "/services/oauth2/token", text)

    def window(self, resource: str, start: timedelta, length: timedelta) -> TestResponse:
        begin = self.org.clock.now() - start
        ends = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (begin, begin + length))
        return self.call("GET", f"/sobjects/Account/{resource}/?start={next(ends)}&end={next(ends)}")

    def twice(self) -> TestResponse:
        created = self.post("Account", Name="Acme", Django_Id__c="1").get_json()["id"]
        self.ids["00Q58000003tW4u"] = created[:15]
        return self.post("Account", Name="Acme", Django_Id__c="1")

    def deleted_twice(self) -> TestResponse:
        created = self.post("Account", Name="Acme").get_json()["id"]
        self.call("DELETE", f"/sobjects/Account/{created}")
        return self.call("DELETE", f"/sobjects/Account/{created}")

    def ended(self) -> TestResponse:
        self.site.sessions.end_all()
        return self.call("GET", "/limits")

    def set(self, **settings: Any) -> None:
        """Give the org other settings."""
        self.org.settings = replace(self.org.settings, **settings)

    def duplicate(self) -> None:
        """Let the org know a contact, and refuse another one with its address."""
        message = "You're creating a duplicate record. We recommend you use an existing record instead."
        names = {"name": "Contacts_DR", "matching_rule": "Contact_MR", "message": message}
        self.org.automation.add("duplicate", sobject="Contact", fields=["Email"], **names)
        known = self.post("Contact", LastName="A", Email="a@example.com").get_json()["id"]
        self.ids["0031i000013x2TEAAY"] = known

    def of_no_choice(self) -> TestResponse:
        values = "American Indian|Asian"
        self.org.add_field("Contact", picklist("Race__c", "Race", values, restricted=True))
        return self.post("Contact", LastName="A", Race__c="Native American / Alaskan Native")

    def against_a_rule(self) -> TestResponse:
        rule = {"condition": "Phone = null", "message": "<the rule's text>"}
        self.org.automation.add("validation", sobject="Account", **rule)
        return self.post("Account", Name="A")

    def twice_the_address(self) -> TestResponse:
        self.duplicate()
        return self.post("Contact", LastName="B", Email="a@example.com")

    def of_another_type(self) -> TestResponse:
        values = {"Name": "A", "DeveloperName": "A", "SobjectType": "Account"}
        self.org.create("RecordType", values, self.user)
        values = {"Name": "B", "DeveloperName": "B", "SobjectType": "Contact"}
        other = self.org.create("RecordType", values, self.user)
        self.ids["0128M0000004HVOQA2"] = other
        return self.post("Account", Name="A", RecordTypeId=other)

    def below_a_stranger(self) -> TestResponse:
        account = self.post("Account", Name="A").get_json()["id"]
        self.ids["0018M000003uKwe"] = account[:15]
        self.sign_in(self.org.add_user("a@example.com", access=Access(view_all=False, modify_all=False)))
        return self.post("Contact", LastName="A", AccountId=account)

    def with_cases(self) -> TestResponse:
        contact = self.post("Contact", Salutation="Mr.", FirstName="Josh", LastName="Davis").get_json()["id"]
        case = self.post("Case", ContactId=contact).get_json()["id"]
        self.ids["00001005"] = self.org.read("Case", case, ["CaseNumber"], self.user)["CaseNumber"]
        return self.call("DELETE", f"/sobjects/Contact/{contact}")

    def converted(self) -> TestResponse:
        lead = self.post("Lead", LastName="A", Company="A", IsConverted=True).get_json()["id"]
        record = {"attributes": {"type": "Lead"}, "Id": lead, "LastName": "B"}
        return self.call("PATCH", "/composite/sobjects", {"records": [record]})

    def unchecked(self) -> TestResponse:
        self.org.add_field("Account", boolean("AF_TradeInAsDeposit__c", "Trade-In Used As Deposit?"))
        return self.post("Account", Name="A", AF_TradeInAsDeposit__c=None)

    def locked(self) -> TestResponse:
        account = self.post("Account", Name="A").get_json()["id"]
        self.ids["0035cFAKEIDAQBGAA4"] = account
        write = {"operation": "update", "sobject": "Account", "id": account, "values": {"Name": "B"}}
        self.org.transactions.write(self.org.transactions.open(), [write])
        return self.call("PATCH", f"/sobjects/Account/{account}", {"Name": "C"})

    def used_up(self) -> TestResponse:
        self.site.usage.set(self.site.usage.limit)
        return self.call("GET", "/limits")

    def crowded(self) -> TestResponse:
        self.site.concurrency.limit = 0
        return self.call("GET", "/limits")

    def before_replication(self) -> TestResponse:
        self.org.clock.set(self.org.settings.replication_enabled + DAY)
        return self.window("updated", 2 * DAY, DAY)

    def extract(self, soql: str) -> TestResponse:
        return self.call("POST", "/jobs/query", {"operation": "query", "query": soql})

    def too_many_extracts(self) -> TestResponse:
        self.set(bulk_daily_query_jobs=0)
        return self.extract("SELECT Id FROM Account")

    def login_host(self) -> TestResponse:
        self.set(my_domain=False)
        return self.grant("client_credentials")

    def nobody_runs(self) -> TestResponse:
        self.set(client_credentials_flow=False)
        return self.grant("client_credentials")

    def by_assertion(self, audience: str = "https://login.salesforce.com") -> TestResponse:
        """Sign in a user whom no administrator let in by assertion."""
        private_key, self.site.certificate = new_key_pair()
        user = self.org.add_user("a@example.com", access=Access(pre_authorized=False))
        claims = {
            "iss": self.org.settings.consumer_key,
            "sub": self.org.read("User", user, ["Username"], self.user)["Username"],
            "aud": audience,
            "exp": int(self.org.clock.now().timestamp()) + 180,
        }
        assertion = jwt.encode(claims, private_key, algorithm="RS256")
        return self.grant("urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=assertion)

    def soap(self, operation: str, session: str = "") -> TestResponse:
        header = f"<se:Header><SessionHeader><sessionId>{session}</sessionId></SessionHeader></se:Header>"
        body = f"<se:Body><{operation}><username>a</username><password>b</password></{operation}></se:Body>"
        space = "http://schemas.xmlsoap.org/soap/envelope/"
        text = f'<se:Envelope xmlns:se="{space}">{header}{body}</se:Envelope>'
        return self.call("POST", "/services/Soap/u/60.0", text)

    def halted(self) -> TestResponse:
        url = f"{DATA}/sobjects/Account"
        parts = [
            {"method": "POST", "url": url, "referenceId": "a", "body": {"Name": "Acme"}},
            {"method": "POST", "url": url, "referenceId": "b", "body": {}},
        ]
        return self.call("POST", "/composite", {"allOrNone": True, "compositeRequest": parts})


Provoke = Callable[[Desk], TestResponse]
