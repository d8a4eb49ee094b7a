# Who may sign up was called Door. Nothing changes in the database but the content type: the table
# keeps its name, by which processes of the release before go on reading it. Permissions follow in
# the next migration.

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0019_audit_of_sessions"),
    ]

    operations = [
        migrations.AlterModelTable("door", "accounts_door"),
        migrations.RenameModel("Door", "SignUpPolicy"),
        migrations.AlterModelOptions(
            "signuppolicy",
            {"verbose_name": "sign-up policy", "verbose_name_plural": "sign-up policy"},
        ),
    ]
