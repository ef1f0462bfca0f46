from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('collecting', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='error_code',
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddField(
            model_name='search',
            name='error_code',
            field=models.CharField(blank=True, max_length=30),
        ),
    ]
