import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0096_memberlanguage'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='hiddenmovie',
            options={'ordering': ['-hidden_at', '-pk'], 'verbose_name': 'hidden film', 'verbose_name_plural': 'hidden films'},
        ),
        migrations.AlterModelOptions(
            name='movie',
            options={'ordering': ['title', 'pk'], 'verbose_name': 'film', 'verbose_name_plural': 'films'},
        ),
        migrations.AlterModelOptions(
            name='seenmovie',
            options={'ordering': ['-marked_at', '-pk'], 'verbose_name': 'seen film', 'verbose_name_plural': 'seen films'},
        ),
        migrations.AlterField(
            model_name='chartentry',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='credit',
            name='movie',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='credits', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='datasetmovie',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='datasets', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='diaryentry',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='fieldprovenance',
            name='movie',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='provenance', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='filmalias',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='filmchange',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='filmrequest',
            name='movie',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='filmtranslation',
            name='movie',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='translations', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='hiddenmovie',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='importrow',
            name='movie',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='keyword',
            name='movies',
            field=models.ManyToManyField(blank=True, related_name='keywords', to='catalog.movie', verbose_name='films'),
        ),
        migrations.AlterField(
            model_name='link',
            name='movie',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='link', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='movielistentry',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='movie',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='movie',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='outsideid',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='rating',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='release',
            name='movie',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='releases', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='seenmovie',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='tmdbrefresh',
            name='movie',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='tmdb_refresh', serialize=False, to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='watchevent',
            name='movie',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
        migrations.AlterField(
            model_name='watchlistentry',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
    ]
