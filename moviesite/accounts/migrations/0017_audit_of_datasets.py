from django.db import migrations, models

# Log-ins are counted in the cache; these tables of django-axes never had a row.
DROP = """
DROP TABLE IF EXISTS axes_accessattemptexpiration, axes_accessattempt, axes_accessfailurelog, axes_accesslog;
DELETE FROM django_migrations WHERE app = 'axes';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0016_audit_entry'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('logged_in', 'logged in'), ('refused', 'log-in refused'), ('password', 'password changed'), ('factor', 'second factor changed'), ('address', 'e-mail address changed'), ('token', 'API token made or removed'), ('account', 'account or rights changed by staff'), ('setting', 'setting changed'), ('export', 'data exported'), ('deletion', 'account deleted'), ('publish', 'model published'), ('dataset', 'dataset brought in or taken out')], max_length=20, verbose_name='what'),
        ),
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
    ]
