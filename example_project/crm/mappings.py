"""Which models go with which Salesforce objects."""

import sfsync
from sfsync import DeletePolicy

# In UTC. What Salesforce users changed is here within five minutes, what is changed here is there within one.
SCHEDULE = {"pull": "*/5 * * * *", "push": "* * * * *"}


class AccountMapping(sfsync.Mapping):
    name = sfsync.Field("Name")
    industry = sfsync.Field("Industry")
    annual_revenue = sfsync.Field("AnnualRevenue")
    employees = sfsync.Field("NumberOfEmployees")
    parent = sfsync.Reference("ParentId", "self")

    class Meta:
        model = "crm.Account"
        sobject = "Account"
        external_id = sfsync.ExternalId("Django_Id__c", "uid")
        fields_map = {"Website": "website", "Phone": "phone", "BillingCity": "billing_city"}
        deleted_in_salesforce = DeletePolicy.DELETE
        schedule = SCHEDULE


class ContactMapping(sfsync.Mapping):
    first_name = sfsync.Field("FirstName")
    last_name = sfsync.Field("LastName")
    email = sfsync.Field("Email")
    birthdate = sfsync.Field("Birthdate")
    do_not_call = sfsync.Field("DoNotCall")
    account = sfsync.Reference("AccountId", AccountMapping)

    class Meta:
        model = "crm.Contact"
        sobject = "Contact"
        external_id = sfsync.ExternalId("Django_Id__c", "uid")
        fields_map = {"Phone": "phone", "Title": "title", "MailingCity": "mailing_city"}
        deleted_in_salesforce = DeletePolicy.DELETE
        schedule = SCHEDULE


class OpportunityMapping(sfsync.Mapping):
    name = sfsync.Field("Name")
    account = sfsync.Reference("AccountId", AccountMapping)
    stage = sfsync.Field("StageName")
    is_won = sfsync.Field("IsWon", pull_only=True)  # Salesforce derives it from the stage

    class Meta:
        model = "crm.Opportunity"
        sobject = "Opportunity"
        external_id = sfsync.ExternalId("Django_Id__c", "uid")
        fields_map = {"Amount": "amount", "CloseDate": "close_date", "Probability": "probability"}
        deleted_in_salesforce = DeletePolicy.DELETE
        schedule = SCHEDULE
