"""The customer database of the example: three models, each linked to one Salesforce object."""

import uuid

from django.db import models


class Synced(models.Model):
    """What a mapped model needs: a place for the Salesforce id, and a value known before the org has one."""

    sf_id = models.CharField(
        "Salesforce id", max_length=18, unique=True, null=True, blank=True, editable=False
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Account(Synced):
    name = models.CharField(max_length=255)
    industry = models.CharField(max_length=40, blank=True)
    annual_revenue = models.DecimalField(max_digits=18, decimal_places=0, null=True, blank=True)
    employees = models.IntegerField(null=True, blank=True)
    website = models.CharField(max_length=255, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    billing_city = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    notes = models.TextField(blank=True, help_text="Never synced.")

    def __str__(self) -> str:
        return self.name


class Contact(Synced):
    first_name = models.CharField(max_length=40, blank=True)
    last_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=128, blank=True)
    birthdate = models.DateField(null=True, blank=True)
    do_not_call = models.BooleanField(default=False)
    mailing_city = models.CharField(max_length=40, blank=True)
    account = models.ForeignKey(Account, models.CASCADE, null=True, blank=True, related_name="contacts")
    loyalty_points = models.IntegerField(default=0, help_text="Never synced.")

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Opportunity(Synced):
    name = models.CharField(max_length=120)
    account = models.ForeignKey(Account, models.CASCADE, null=True, blank=True, related_name="opportunities")
    stage = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    close_date = models.DateField()
    probability = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    is_won = models.BooleanField(default=False, editable=False, help_text="Only pulled.")

    class Meta:
        verbose_name_plural = "opportunities"

    def __str__(self) -> str:
        return self.name
