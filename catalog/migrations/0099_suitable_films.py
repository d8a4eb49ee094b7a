from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0098_collections_of_ones_own"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="movie",
            index=models.Index(condition=models.Q(("hidden", False), models.Q(("adult", True), _negated=True)), fields=["original_language", "id"], name="catalog_movie_suitable"),
        ),
    ]
