"""Celery beat's entry for the site's health; an administrator may change or disable it."""

from django.db import migrations

NAME = "Look after the site"


def add_entry(apps, schema_editor):
    IntervalSchedule = apps.get_model("django_celery_beat", "IntervalSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    interval, _ = IntervalSchedule.objects.get_or_create(every=5, period="minutes")
    PeriodicTask.objects.get_or_create(
        name=NAME,
        defaults={
            "task": "moviesite.health.tasks.look_after_site",
            "interval": interval,
            "expire_seconds": 300,
            "description": "Tries the mail server, and forgets what the cache's table kept.",
        },
    )


def remove_entry(apps, schema_editor):
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("health", "0001_cache_and_heartbeats"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]
    operations = [migrations.RunPython(add_entry, remove_entry)]
