# Who may sign up. A site that has members was open so far, and stays so; a new one begins closed.

import django.core.validators
import moviesite.accounts.models
from django.db import migrations, models


def keep_open(apps, schema_editor):
    if apps.get_model("accounts", "User").objects.filter(imported=False).exists():
        apps.get_model("accounts", "Door").objects.create(id=1, sign_up="open")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_token_scopes_and_kept_answers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Door',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('sign_up', models.CharField(choices=[('open', 'open: whoever comes may sign up'), ('invitation', 'by invitation: who has a link may sign up'), ('closed', 'closed: administrators make accounts')], max_length=10, verbose_name='sign-up')),
            ],
            options={
                'verbose_name': 'door',
                'verbose_name_plural': 'door',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='accounts_door_is_one'), models.CheckConstraint(condition=models.Q(('sign_up__in', ['open', 'invitation', 'closed'])), name='accounts_door_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=moviesite.accounts.models.make_token, editable=False, max_length=32, unique=True)),
                ('note', models.CharField(blank=True, help_text='For whom it is; only staff see it.', max_length=100, verbose_name='note')),
                ('uses', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='number of uses')),
                ('used', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='used')),
                ('ends_at', models.DateTimeField(default=moviesite.accounts.models.in_two_weeks, verbose_name='ends')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made at')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['-created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('used__lte', models.F('uses'))), name='accounts_invitation_uses')],
            },
        ),
        migrations.RunPython(keep_open, migrations.RunPython.noop),
    ]
