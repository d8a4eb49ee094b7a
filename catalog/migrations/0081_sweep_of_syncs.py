"""Beat's entry that looks after what media servers tell."""

from django.db import migrations

SWEEP = "Look after syncs with media servers"


def add_entry(apps, schema_editor):
    IntervalSchedule = apps.get_model("django_celery_beat", "IntervalSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    minute, _ = IntervalSchedule.objects.get_or_create(every=60, period="seconds")
    PeriodicTask.objects.get_or_create(
        name=SWEEP,
        defaults={
            "task": "catalog.tasks.sweep_syncs",
            "interval": minute,
            "expire_seconds": 60,
            "description": "Takes up what media servers told and was lost, leaves out old previews.",
        },
    )


def remove_entry(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name=SWEEP).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0080_media_servers"),
        ('django_celery_beat', '0019_alter_periodictasks_options'),
    ]

    operations = [migrations.RunPython(add_entry, remove_entry)]
