"""Celery beat's entries for TMDB; an administrator may change or disable them."""

from django.db import migrations

SWEEP = "Look after films that members asked for"
REFRESH = "Refresh films from TMDB"
CHARTS = "Renew what is in cinemas"
NIGHTLY = {REFRESH: ("30", "2"), CHARTS: ("10", "2")}
TASKS = {
    REFRESH: (
        "catalog.tasks.refresh_from_tmdb",
        "Fetches films that changed or are due, and drops TMDB's data that is six months old.",
    ),
    CHARTS: (
        "catalog.tasks.renew_charts",
        "Fetches the films that are popular now and that come soon in the site's country.",
    ),
}


def add_entries(apps, schema_editor):
    IntervalSchedule = apps.get_model("django_celery_beat", "IntervalSchedule")
    CrontabSchedule = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    minute, _ = IntervalSchedule.objects.get_or_create(every=60, period="seconds")
    PeriodicTask.objects.get_or_create(
        name=SWEEP,
        defaults={
            "task": "catalog.tasks.sweep_film_requests",
            "interval": minute,
            "expire_seconds": 60,
            "description": "Takes up requests whose message was lost, and removes old ones.",
        },
    )
    for name, (task, description) in TASKS.items():
        at_minute, at_hour = NIGHTLY[name]
        nightly, _ = CrontabSchedule.objects.get_or_create(
            minute=at_minute,
            hour=at_hour,
            day_of_week="*",
            day_of_month="*",
            month_of_year="*",
            timezone="UTC",
        )
        PeriodicTask.objects.get_or_create(
            name=name, defaults={"task": task, "crontab": nightly, "description": description}
        )


def remove_entries(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name__in=[SWEEP, REFRESH, CHARTS]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0030_tmdb"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_entries, remove_entries)]
