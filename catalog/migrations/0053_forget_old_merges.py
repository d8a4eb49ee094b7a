"""Beat's entry that drops what undoing old merges would have needed."""

from django.db import migrations

FORGET = "Forget old merges of films"


def add_entry(apps, schema_editor):
    CrontabSchedule = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    at_night, _ = CrontabSchedule.objects.get_or_create(
        minute="30",
        hour="3",
        day_of_week="*",
        day_of_month="*",
        month_of_year="*",
        timezone="UTC",
    )
    PeriodicTask.objects.get_or_create(
        name=FORGET,
        defaults={
            "task": "catalog.tasks.forget_merges",
            "crontab": at_night,
            "description": "Drops what undoing a merge needs, 30 days after it.",
        },
    )


def remove_entry(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name=FORGET).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0052_editors_desk"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_entry, remove_entry)]
