from django.db import migrations
from django.db.models import F
from django.db.models.functions import Lower, Upper


def capitalise(apps, schema_editor):
    apps.get_model("zoo", "Exhibit").objects.using(schema_editor.connection.alias).update(
        title=Upper(F("title"))
    )


def lower(apps, schema_editor):
    apps.get_model("zoo", "Exhibit").objects.using(schema_editor.connection.alias).update(
        title=Lower(F("title"))
    )


class Migration(migrations.Migration):
    dependencies = [("zoo", "0002_rename_label")]
    operations = [migrations.RunPython(capitalise, lower)]
