# Rows in pieces, each a transaction of its own, so that nobody waits for more than one piece.

from django.db import migrations

from tests.upgrade.next_release import FAULT

PIECE = 50
FILL = """
WITH piece AS (SELECT id FROM catalog_rating WHERE mood IS NULL ORDER BY id LIMIT %s)
UPDATE catalog_rating r SET mood = 1 FROM piece WHERE r.id = piece.id
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FILL, [PIECE])
        while cursor.rowcount:
            if FAULT == "migration":
                raise RuntimeError("there is no such mood")
            cursor.execute(FILL, [PIECE])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("next_release", "0001_mood")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
