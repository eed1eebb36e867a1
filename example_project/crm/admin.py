"""The customer database in Django's admin: what is edited here is pushed, what is pulled shows here."""

from typing import ClassVar

from django.contrib import admin

from .models import Account, Contact, Opportunity


class SyncedAdmin(admin.ModelAdmin):
    """A list whose records show whether they are linked; the Salesforce id is never typed by hand."""

    readonly_fields: ClassVar[tuple[str, ...]] = ("sf_id", "uid")
    list_per_page = 50

    @admin.display(boolean=True, description="in Salesforce", ordering="sf_id")
    def linked(self, record: Account | Contact | Opportunity) -> bool:
        """Tell whether the record is linked to one of the org."""
        return record.sf_id is not None


@admin.register(Account)
class AccountAdmin(SyncedAdmin):
    list_display = ("name", "industry", "billing_city", "annual_revenue", "linked")
    list_filter = ("industry", ("sf_id", admin.EmptyFieldListFilter))
    search_fields = ("name", "website", "sf_id")
    autocomplete_fields = ("parent",)


@admin.register(Contact)
class ContactAdmin(SyncedAdmin):
    list_display = ("last_name", "first_name", "email", "account", "linked")
    list_display_links = ("last_name", "first_name")
    list_filter = ("do_not_call", ("sf_id", admin.EmptyFieldListFilter))
    list_select_related = ("account",)
    search_fields = ("last_name", "first_name", "email", "sf_id")
    autocomplete_fields = ("account",)


@admin.register(Opportunity)
class OpportunityAdmin(SyncedAdmin):
    list_display = ("name", "account", "stage", "amount", "close_date", "is_won", "linked")
    list_filter = ("stage", "is_won", ("sf_id", admin.EmptyFieldListFilter))
    list_select_related = ("account",)
    search_fields = ("name", "account__name", "sf_id")
    readonly_fields = ("sf_id", "uid", "is_won")
    autocomplete_fields = ("account",)
    date_hierarchy = "close_date"
