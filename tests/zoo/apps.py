from django.apps import AppConfig


class ZooConfig(AppConfig):
    name = "tests.zoo"
    default_auto_field = "django.db.models.BigAutoField"
