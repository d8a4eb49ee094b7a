"""Celery beat's entries for retraining; an administrator may change or disable them."""

from django.db import migrations

SWEEP = "Look after trainings"
FULL_RETRAIN = "Retrain from scratch"


def add_entries(apps, schema_editor):
    IntervalSchedule = apps.get_model("django_celery_beat", "IntervalSchedule")
    CrontabSchedule = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    half_a_minute, _ = IntervalSchedule.objects.get_or_create(every=30, period="seconds")
    PeriodicTask.objects.get_or_create(
        name=SWEEP,
        defaults={
            "task": "recommender.tasks.sweep",
            "interval": half_a_minute,
            "expire_seconds": 30,
            "description": "Starts trainings that are due and takes up those that were lost.",
        },
    )
    sunday_night, _ = CrontabSchedule.objects.get_or_create(
        minute="0",
        hour="4",
        day_of_week="0",
        day_of_month="*",
        month_of_year="*",
        timezone="UTC",
    )
    PeriodicTask.objects.get_or_create(
        name=FULL_RETRAIN,
        defaults={
            "task": "recommender.tasks.retrain_fully",
            "crontab": sunday_night,
            "description": "Trains both kinds of model from scratch, without a warm start.",
        },
    )


def remove_entries(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name__in=[SWEEP, FULL_RETRAIN]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("recommender", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_entries, remove_entries)]
