"""Wires checks, triggers and signals."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class SfsyncConfig(AppConfig):
    name = "sfsync"
    verbose_name = "Salesforce sync"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, and let `migrate` keep the triggers."""
        import_module("sfsync.checks")
        import_module("sfsync.checks.database")
        from sfsync.database.triggers import plan

        pre_migrate.connect(plan.rewrite_plan, sender=self, dispatch_uid="sfsync.triggers")
        post_migrate.connect(plan.repair, sender=self, dispatch_uid="sfsync.triggers")
