from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("zoo", "0003_capital_titles")]
    operations = [
        migrations.AlterField("exhibit", "title", models.CharField(max_length=120)),
        migrations.RemoveField("exhibit", "floor"),
    ]
