"""Beat's entry that clears away ended sessions, and seals secrets by the key of today."""

from django.db import migrations

CLEAN_UP = "Clean up accounts"


def add_entry(apps, schema_editor):
    CrontabSchedule = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    at_night, _ = CrontabSchedule.objects.get_or_create(
        minute="45",
        hour="3",
        day_of_week="*",
        day_of_month="*",
        month_of_year="*",
        timezone="UTC",
    )
    PeriodicTask.objects.get_or_create(
        name=CLEAN_UP,
        defaults={
            "task": "moviesite.accounts.tasks.clean_up",
            "crontab": at_night,
            "description": "Drops ended sessions and what is kept by age; seals secrets anew.",
        },
    )


def remove_entry(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name=CLEAN_UP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_name_look"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_entry, remove_entry)]
