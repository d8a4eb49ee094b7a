# The groups of the roles; what they may is granted after each migrate (moviesite.accounts.roles).

from django.db import migrations

NAMES = ("Catalog editor", "Model operator", "Moderator", "Administrator")


def make_groups(apps, schema_editor):
    """A group of the site's own that has such a name keeps its members and rights, not the name."""
    groups = apps.get_model("auth", "Group").objects
    for name in NAMES:
        own = groups.filter(name=name).first()
        if own is not None:
            number, free = 1, f"{name} (own)"
            while groups.filter(name=free).exists():
                number += 1
                free = f"{name} (own) {number}"
            own.name = free
            own.save(update_fields=["name"])
        groups.create(name=name)


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=NAMES).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_sharing"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
