"""The example's admin shows what was pulled, and lets nobody type a Salesforce id."""

import pytest
from django.contrib import admin

from crm import admin as crm_admin
from crm.models import Account, Contact, Opportunity

MODELS = (Account, Contact, Opportunity)


@pytest.mark.parametrize("model", MODELS)
def test_the_salesforce_id_is_read_only_and_searched(model):
    registered = admin.site.get_model_admin(model)
    assert isinstance(registered, crm_admin.SyncedAdmin)
    assert "sf_id" in registered.readonly_fields
    assert "sf_id" in registered.search_fields


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS)
def test_lists_forms_and_searches_open(admin_client, model):
    account = Account.objects.create(name="Azulejo Lda", sf_id="001000000000001AAA")
    Contact.objects.create(last_name="Carvalho", account=account)
    Opportunity.objects.create(name="Tiles", account=account, stage="Prospecting", close_date="2027-03-31")
    url = f"/admin/crm/{model._meta.model_name}/"
    assert admin_client.get(url, {"q": "a", "sf_id__isempty": "1"}).status_code == 200
    page = admin_client.get(f"{url}{model.objects.get().pk}/change/")
    assert page.status_code == 200
    assert b'name="sf_id"' not in page.content
