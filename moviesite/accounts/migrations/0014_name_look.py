# How members' names look, so that nobody takes one that looks like another's.
#
# Without a transaction, so that nobody waits for the table while names are looked at; each step may
# be taken again.

from django.db import migrations, models

from catalog.folding import look_of


def look_at_names(apps, schema_editor):
    members = apps.get_model("accounts", "User").objects.filter(imported=False)
    batch = []
    for member in members.only("pk", "username").iterator(chunk_size=2000):
        member.name_look = look_of(member.username)
        batch.append(member)
        if len(batch) == 2000:
            members.bulk_update(batch, ["name_look"])
            batch.clear()
    members.bulk_update(batch, ["name_look"])


COLUMN = models.CharField(db_default="", default="", editable=False, max_length=600)
INDEX = models.Index(
    condition=models.Q(("imported", False)), fields=["name_look"], name="accounts_user_name_look"
)
ADD_COLUMN = """
ALTER TABLE accounts_user ADD COLUMN IF NOT EXISTS name_look varchar(600) DEFAULT '' NOT NULL
"""
ADD_INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS accounts_user_name_look ON accounts_user (name_look)
WHERE NOT imported
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0013_quick_pin"),
    ]

    operations = [
        migrations.RunSQL(
            ADD_COLUMN,
            "ALTER TABLE accounts_user DROP COLUMN name_look",
            state_operations=[migrations.AddField("user", "name_look", COLUMN)],
        ),
        migrations.RunPython(look_at_names, migrations.RunPython.noop),
        migrations.RunSQL(
            ADD_INDEX,
            "DROP INDEX CONCURRENTLY IF EXISTS accounts_user_name_look",
            state_operations=[migrations.AddIndex("user", INDEX)],
        ),
    ]
