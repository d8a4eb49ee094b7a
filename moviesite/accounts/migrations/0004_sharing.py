"""What members share belongs to the catalog: the choices go there, and come back in reverse.

Raters of imported datasets never chose: without a row they share what the defaults say, which
nobody sees, because they are inactive.
"""

from django.db import migrations

THERE = """
INSERT INTO catalog_sharing (user_id, is_public, findable, shares_ratings, watch_together)
SELECT id, is_public, findable, shares_ratings, watch_together FROM accounts_user
WHERE NOT imported
"""
BACK = """
UPDATE accounts_user SET is_public = false, findable = false, shares_ratings = false,
    watch_together = false
WHERE imported;
UPDATE accounts_user SET is_public = chosen.is_public, findable = chosen.findable,
    shares_ratings = chosen.shares_ratings, watch_together = chosen.watch_together
FROM catalog_sharing chosen WHERE chosen.user_id = accounts_user.id;
DELETE FROM catalog_sharing;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_switches_for_friends"), ("catalog", "0007_sharing")]

    operations = [
        migrations.RunSQL(THERE, BACK),
        migrations.RemoveField("user", "is_public"),
        migrations.RemoveField("user", "findable"),
        migrations.RemoveField("user", "shares_ratings"),
        migrations.RemoveField("user", "watch_together"),
    ]
