from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0097_call_movies_films'),
    ]

    operations = [
        migrations.AlterField(
            model_name='collection',
            name='tmdb_id',
            field=models.PositiveIntegerField(blank=True, null=True, unique=True, verbose_name='TMDB id'),
        ),
        migrations.AlterField(
            model_name='company',
            name='tmdb_id',
            field=models.PositiveIntegerField(blank=True, null=True, unique=True, verbose_name='TMDB id'),
        ),
    ]
