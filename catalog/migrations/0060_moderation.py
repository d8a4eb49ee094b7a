# Reports, takedowns, and who may be looked at by operators.

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0053_forget_old_merges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='movielist',
            name='taken_down',
            field=models.BooleanField(default=False, editable=False, verbose_name='taken down'),
        ),
        migrations.AddField(
            model_name='sharing',
            name='shown_to_operators',
            field=models.BooleanField(default=False, help_text='Those who look after the models may compare your recommendations.', verbose_name='help to check models'),
        ),
        migrations.AddField(
            model_name='sharing',
            name='taken_down',
            field=models.BooleanField(default=False, editable=False, verbose_name='profile taken down'),
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('concern', models.CharField(choices=[('spam', 'advertising or spam'), ('offensive', 'insulting or hateful'), ('private', 'shows private things of somebody'), ('unlawful', 'against the law'), ('other', 'something else')], max_length=20, verbose_name='what is wrong')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='reported at')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled at')),
                ('outcome', models.CharField(blank=True, choices=[('taken_down', 'taken down'), ('dismissed', 'nothing wrong with it')], max_length=20, verbose_name='outcome')),
                ('list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.movielist', verbose_name='list of films')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='page of')),
                ('reporter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by')),
            ],
            options={
                'verbose_name': 'report',
                'verbose_name_plural': 'reports',
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['-id'], name='catalog_report_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('list__isnull', False), ('settled_at__isnull', True)), fields=('reporter', 'list'), name='catalog_report_of_list_once'), models.UniqueConstraint(condition=models.Q(('list__isnull', True), ('settled_at__isnull', True)), fields=('reporter', 'member'), name='catalog_report_of_profile_once'), models.CheckConstraint(condition=models.Q(('reporter', models.F('member')), _negated=True), name='catalog_report_of_other')],
            },
        ),
        migrations.CreateModel(
            name='Takedown',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('list', 'list'), ('profile', 'profile'), ('name', 'user name')], max_length=10, verbose_name='what')),
                ('concern', models.CharField(choices=[('spam', 'advertising or spam'), ('offensive', 'insulting or hateful'), ('private', 'shows private things of somebody'), ('unlawful', 'against the law'), ('other', 'something else')], max_length=20, verbose_name='what is wrong')),
                ('explanation', models.CharField(help_text='The member reads it.', max_length=1000, verbose_name='explanation')),
                ('former_name', models.CharField(blank=True, max_length=150, verbose_name='name before')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='taken down at')),
                ('mailed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='mailed at')),
                ('review_asked_at', models.DateTimeField(blank=True, null=True, verbose_name='review asked at')),
                ('plea', models.CharField(blank=True, max_length=1000, verbose_name='what the member says')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('answer', models.CharField(blank=True, max_length=1000, verbose_name='answer')),
                ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='lifted at')),
                ('list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='takedowns', to='catalog.movielist', verbose_name='list of films')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='takedowns', to=settings.AUTH_USER_MODEL, verbose_name='member')),
            ],
            options={
                'verbose_name': 'takedown',
                'verbose_name_plural': 'takedowns',
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True), ('list__isnull', False)), fields=('list',), name='catalog_takedown_of_list_once'), models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True), ('list__isnull', True)), fields=('member', 'part'), name='catalog_takedown_of_member_once'), models.CheckConstraint(condition=models.Q(models.Q(('list__isnull', False), ('part', 'list')), models.Q(models.Q(('part', 'list'), _negated=True), ('list__isnull', True)), _connector='OR'), name='catalog_takedown_list_of_lists')],
            },
        ),
    ]
