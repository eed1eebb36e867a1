from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("zoo", "0001_initial")]
    operations = [
        migrations.AddField("exhibit", "opened", models.DateField(null=True)),
        migrations.RenameField("exhibit", "label", "title"),
    ]
