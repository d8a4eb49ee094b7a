"""Imports of members, and beat's entry that looks after them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SWEEP = "Look after members' imports"


def add_entry(apps, schema_editor):
    IntervalSchedule = apps.get_model("django_celery_beat", "IntervalSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    minute, _ = IntervalSchedule.objects.get_or_create(every=60, period="seconds")
    PeriodicTask.objects.get_or_create(
        name=SWEEP,
        defaults={
            "task": "catalog.tasks.sweep_imports",
            "interval": minute,
            "expire_seconds": 60,
            "description": "Takes up imports that were lost and removes old ones.",
        },
    )


def remove_entry(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name=SWEEP).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0004_lists_and_diary'),
        ('django_celery_beat', '0019_alter_periodictasks_options'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MemberImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('letterboxd', 'Letterboxd'), ('imdb', 'IMDb'), ('trakt', 'Trakt'), ('movielens', 'MovieLens'), ('matinee', 'a site like this one')], max_length=20, verbose_name='from')),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('content', models.BinaryField(null=True, verbose_name='content')),
                ('state', models.CharField(choices=[('reading', 'being read'), ('refused', 'refused'), ('preview', 'waiting for you'), ('applying', 'being imported'), ('applied', 'imported'), ('undoing', 'being undone'), ('undone', 'undone')], default='reading', max_length=20, verbose_name='state')),
                ('on_conflict', models.CharField(choices=[('newest', 'The newer ratings'), ('mine', 'My ratings here'), ('theirs', 'The ratings in the file')], default='newest', max_length=10, verbose_name='where both have stars')),
                ('report', models.JSONField(blank=True, default=dict, verbose_name='report')),
                ('result', models.JSONField(blank=True, default=dict, verbose_name='result')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='uploaded at')),
                ('changed_at', models.DateTimeField(auto_now_add=True, verbose_name='in this state since')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='imported at')),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': "member's import",
                'verbose_name_plural': "members' imports",
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(verbose_name='position')),
                ('file', models.CharField(max_length=100, verbose_name='file')),
                ('line', models.PositiveIntegerField(verbose_name='line')),
                ('kind', models.CharField(choices=[('rating', 'rating'), ('watchlist', 'watchlist'), ('diary', 'diary')], max_length=10, verbose_name='kind')),
                ('priority', models.PositiveSmallIntegerField(default=0)),
                ('title', models.CharField(blank=True, max_length=300, verbose_name='title')),
                ('folded', models.TextField(blank=True, editable=False)),
                ('year', models.PositiveSmallIntegerField(null=True, verbose_name='year')),
                ('imdb_id', models.CharField(max_length=12, null=True, verbose_name='IMDb id')),
                ('tmdb_id', models.PositiveIntegerField(null=True, verbose_name='TMDB id')),
                ('movielens_id', models.PositiveIntegerField(null=True, verbose_name='MovieLens id')),
                ('half_stars', models.PositiveSmallIntegerField(null=True, verbose_name='half-stars')),
                ('happened_at', models.DateTimeField(null=True, verbose_name='rated or added at')),
                ('watched_on', models.DateField(null=True, verbose_name='watched on')),
                ('rewatch', models.BooleanField(default=False, verbose_name='seen before')),
                ('matched_by', models.CharField(blank=True, choices=[('imdb', 'IMDb id'), ('tmdb', 'TMDB id'), ('movielens', 'MovieLens id'), ('title', 'title and year'), ('near-year', 'title, one year off'), ('by-hand', 'chosen by you')], max_length=10, verbose_name='matched by')),
                ('suggestions', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None, verbose_name='suggestions')),
                ('left_out', models.BooleanField(default=False, verbose_name='left out')),
                ('take', models.CharField(blank=True, choices=[('newest', 'The newer ratings'), ('mine', 'My ratings here'), ('theirs', 'The ratings in the file')], max_length=10, verbose_name='whose stars')),
                ('outcome', models.CharField(choices=[('new', 'New'), ('conflict', 'Different stars'), ('unmatched', 'Not found'), ('same', 'Already here'), ('repeated', 'More than once'), ('left-out', 'Left out')], default='unmatched', max_length=10, verbose_name='outcome')),
                ('written', models.BooleanField(default=False, verbose_name='written')),
                ('before_half_stars', models.PositiveSmallIntegerField(null=True)),
                ('before_rated_at', models.DateTimeField(null=True)),
                ('before_hidden_at', models.DateTimeField(null=True)),
                ('movie', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalog.movie', verbose_name='movie')),
                ('member_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='catalog.memberimport', verbose_name='import')),
            ],
            options={
                'verbose_name': 'imported row',
                'verbose_name_plural': 'imported rows',
                'ordering': ['position'],
            },
        ),
        migrations.AddIndex(
            model_name='memberimport',
            index=models.Index(fields=['state', 'changed_at'], name='catalog_import_by_state'),
        ),
        migrations.AddConstraint(
            model_name='memberimport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['reading', 'refused', 'preview', 'applying', 'applied', 'undoing', 'undone'])), name='catalog_import_state'),
        ),
        migrations.AddConstraint(
            model_name='memberimport',
            constraint=models.CheckConstraint(condition=models.Q(('on_conflict__in', ['newest', 'mine', 'theirs'])), name='catalog_import_on_conflict'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['member_import', 'outcome', 'position'], name='catalog_import_outcome'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('member_import', 'position'), name='catalog_import_row_once'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.CheckConstraint(condition=models.Q(('half_stars__isnull', True), ('half_stars__range', (1, 10)), _connector='OR'), name='catalog_import_row_half_stars'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'rating'), _negated=True), ('half_stars__isnull', False), _connector='OR'), name='catalog_import_rating_has_stars'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'diary'), _negated=True), ('watched_on__isnull', False), _connector='OR'), name='catalog_import_diary_has_day'),
        ),
        migrations.RunPython(add_entry, remove_entry),
    ]
