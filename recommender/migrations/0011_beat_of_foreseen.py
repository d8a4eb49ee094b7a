"""Beat's entry that tells members of films foreseen highly that came to their services."""

from django.db import migrations

FORESEEN = "Tell of films foreseen highly"


def add_entry(apps, schema_editor):
    CrontabSchedule = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    morning, _ = CrontabSchedule.objects.get_or_create(
        minute="45",
        hour="6",
        day_of_week="*",
        day_of_month="*",
        month_of_year="*",
        timezone="UTC",
    )
    PeriodicTask.objects.get_or_create(
        name=FORESEEN,
        defaults={
            "task": "recommender.tasks.tell_of_foreseen",
            "crontab": morning,
            "description": "Tells members which films they would like most came to their services.",
        },
    )


def remove_entry(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name=FORESEEN).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("recommender", "0010_home_visits"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_entry, remove_entry)]
