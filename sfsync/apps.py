"""Wires checks, triggers and signals."""

from __future__ import annotations

from django.apps import AppConfig


class SfsyncConfig(AppConfig):
    name = "sfsync"
    verbose_name = "Salesforce sync"
    default_auto_field = "django.db.models.BigAutoField"
