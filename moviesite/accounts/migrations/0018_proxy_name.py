# Which account a proxy's header leads to. Until now it was the one with the same user name, also
# where somebody had taken that name by signing up.
#
# Without a transaction, so that nobody waits for the table; each step may be taken again.

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import migrations, models
from django.db.models.functions import Upper


def link_accounts_that_nobody_signed_up_for(apps, schema_editor):
    """Those that the header made; all members' where the door was closed."""
    if not settings.REMOTE_USER_META:
        return
    members = apps.get_model("accounts", "User").objects.filter(imported=False, proxy_name=None)
    door = apps.get_model("accounts", "Door").objects.first()
    if settings.LOCAL if door is None else door.sign_up != "closed":
        members = members.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    taken = set()
    for member in members.order_by("pk"):  # names that differ by capital letters: the oldest
        if member.username.upper() not in taken:
            taken.add(member.username.upper())
            members.filter(pk=member.pk).update(proxy_name=member.username)


COLUMN = models.CharField(
    blank=True,
    help_text="Whom the proxy calls so comes into this account.",
    max_length=150,
    null=True,
    verbose_name="name at the proxy",
)
CONSTRAINT = models.UniqueConstraint(
    Upper("proxy_name"),
    name="accounts_user_proxy_name",
    violation_error_message="The proxy's member of this name has another account.",
)
ADD_COLUMN = "ALTER TABLE accounts_user ADD COLUMN IF NOT EXISTS proxy_name varchar(150)"
ADD_INDEX = """
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS accounts_user_proxy_name
ON accounts_user (UPPER(proxy_name))
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0017_audit_of_datasets"),
    ]

    operations = [
        migrations.RunSQL(
            ADD_COLUMN,
            "ALTER TABLE accounts_user DROP COLUMN proxy_name",
            state_operations=[migrations.AddField("user", "proxy_name", COLUMN)],
        ),
        migrations.RunPython(link_accounts_that_nobody_signed_up_for, migrations.RunPython.noop),
        migrations.RunSQL(
            ADD_INDEX,
            "DROP INDEX CONCURRENTLY IF EXISTS accounts_user_proxy_name",
            state_operations=[migrations.AddConstraint("user", CONSTRAINT)],
        ),
    ]
