# How members' names look, so that nobody takes one that looks like another's.

from django.db import migrations, models

from moviesite.accounts.look_alikes import look_of


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


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0013_quick_pin"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="name_look",
            field=models.CharField(db_default="", default="", editable=False, max_length=600),
        ),
        migrations.RunPython(look_at_names, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("imported", False)),
                fields=["name_look"],
                name="accounts_user_name_look",
            ),
        ),
    ]
