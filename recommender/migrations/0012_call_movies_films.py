import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0097_call_movies_films'),
        ('recommender', '0011_beat_of_foreseen'),
    ]

    operations = [
        migrations.AlterField(
            model_name='tonightanswer',
            name='movie',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.movie', verbose_name='film'),
        ),
    ]
