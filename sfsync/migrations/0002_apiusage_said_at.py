from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):

    dependencies = [
        ('sfsync', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='apiusage',
            name='said_at',
            field=models.DateTimeField(default=timezone.now),
            preserve_default=False,
        ),
    ]
