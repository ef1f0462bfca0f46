from typing import Any

from django.db import migrations, models

from projects.learned import mark_of_taken


def mark_versions(apps: Any, schema_editor: Any) -> None:
    """Those whose run still has its snapshot."""
    versions = apps.get_model('training', 'ModelVersion').objects
    for pk, taken in versions.values_list('pk', 'run__snapshot').iterator(chunk_size=1):
        if taken:
            versions.filter(pk=pk).update(mark=mark_of_taken(taken))


class Migration(migrations.Migration):
    dependencies = [
        ('training', '0003_worker_status'),
    ]

    operations = [
        migrations.AddField(
            model_name='modelversion',
            name='mark',
            field=models.CharField(blank=True, default='', editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(mark_versions, migrations.RunPython.noop, elidable=True),
    ]
