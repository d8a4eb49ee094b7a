"""Beat's entry that looks up at TMDB what imports and media servers wait for."""

from django.db import migrations

LOOK_UP = "Look up films that are waited for"


def add_entry(apps, schema_editor):
    IntervalSchedule = apps.get_model("django_celery_beat", "IntervalSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    often, _ = IntervalSchedule.objects.get_or_create(every=600, period="seconds")
    PeriodicTask.objects.get_or_create(
        name=LOOK_UP,
        defaults={
            "task": "catalog.tasks.look_up_waited_for",
            "interval": often,
            "expire_seconds": 600,
            "description": "Adds films from TMDB that imports and media servers wait for.",
        },
    )


def remove_entry(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name=LOOK_UP).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0081_sweep_of_syncs"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_entry, remove_entry)]
