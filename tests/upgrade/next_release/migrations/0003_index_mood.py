# An index beside the writers.

from django.db import migrations

MAKE = "CREATE INDEX CONCURRENTLY IF NOT EXISTS next_release_by_mood ON catalog_rating (mood)"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("next_release", "0002_fill_mood")]

    operations = [migrations.RunSQL(MAKE, "DROP INDEX CONCURRENTLY IF EXISTS next_release_by_mood")]
