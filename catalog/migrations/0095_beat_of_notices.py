"""Beat's entries for notices: the daily mail, and films that came to members' services."""

from django.db import migrations

MAIL = "Mail what is new"
OFFERS = "Tell of films that came to services"


def add_entries(apps, schema_editor):
    IntervalSchedule = apps.get_model("django_celery_beat", "IntervalSchedule")
    CrontabSchedule = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    hourly, _ = IntervalSchedule.objects.get_or_create(every=3600, period="seconds")
    PeriodicTask.objects.get_or_create(
        name=MAIL,
        defaults={
            "task": "catalog.tasks.mail_digests",
            "interval": hourly,
            "expire_seconds": 3600,
            "description": "Sends each member who chose it a mail a day, and forgets old notices.",
        },
    )
    morning, _ = CrontabSchedule.objects.get_or_create(
        minute="30",
        hour="6",
        day_of_week="*",
        day_of_month="*",
        month_of_year="*",
        timezone="UTC",
    )
    PeriodicTask.objects.get_or_create(
        name=OFFERS,
        defaults={
            "task": "catalog.tasks.tell_of_watchlists",
            "crontab": morning,
            "description": "Tells members which films of their watchlists came to their services.",
        },
    )


def remove_entries(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name__in=[MAIL, OFFERS]).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0094_notices"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_entries, remove_entries)]
