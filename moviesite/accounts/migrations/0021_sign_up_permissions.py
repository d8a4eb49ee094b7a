# Groups and members that might look at the door, or change it, may do so under its new name:
# Django renames the content type with the model, but not the permissions.

from django.db import migrations

ACTIONS = ("view", "add", "change", "delete")
BEFORE = ("door", "door")  # as in the code's name, and in words
AFTER = ("signuppolicy", "sign-up policy")


def rename(before, after):
    def run(apps, schema_editor):
        permissions = apps.get_model("auth", "Permission").objects
        ours = permissions.filter(content_type__app_label="accounts")
        for action in ACTIONS:
            known = ours.filter(codename=f"{action}_{before[0]}")
            if known.exists():
                # Django makes new ones where a migration stops between the model and these.
                ours.filter(codename=f"{action}_{after[0]}").delete()
                known.update(codename=f"{action}_{after[0]}", name=f"Can {action} {after[1]}")

    return run


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0020_sign_up_policy"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(rename(BEFORE, AFTER), rename(AFTER, BEFORE))]
