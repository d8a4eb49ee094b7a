"""What members share, which were columns of the user: accounts 0004 brings the choices here."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0006_titles_as_read'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Sharing',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sharing', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('is_public', models.BooleanField(default=False, help_text='Others may see your ratings and lists.', verbose_name='public profile')),
                ('findable', models.BooleanField(default=True, help_text='Members who know your user name may ask to be friends.', verbose_name='can be found')),
                ('shares_ratings', models.BooleanField(default=True, help_text="Friends see on a film's page how many stars you gave it.", verbose_name='show ratings to friends')),
                ('watch_together', models.BooleanField(default=True, help_text='Friends may include you when they look for a film for a group.', verbose_name='watch together')),
            ],
            options={
                'verbose_name': 'sharing',
                'verbose_name_plural': 'sharing',
            },
        ),
    ]
