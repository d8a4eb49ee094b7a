"""Uploads that are not yet read lie in pieces; titles with fractions are folded anew."""

from typing import Any

from django.db import migrations, models



def keep_pieces(apps: Any, schema_editor: Any) -> None:
    """What is uploaded and not yet read stays readable."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_importpiece (member_import_id, number, content)"
            " SELECT id, 0, content FROM catalog_memberimport WHERE content IS NOT NULL"
        )


def fold_fractions(apps: Any, schema_editor: Any) -> None:
    """8½ is found as 8 1/2, which was 81 2."""
    from catalog.folding import as_read, fold

    movies = apps.get_model("catalog", "Movie").objects
    wanted = models.Q(title__regex="[¼-¾⅐-⅞]") | models.Q(original_title__regex="[¼-¾⅐-⅞]")
    changed = list(movies.filter(wanted))
    for movie in changed:
        folded = [one for one in (fold(movie.title), fold(movie.original_title)) if one]
        titles = dict.fromkeys(folded + [as_read(one) for one in folded])
        movie.search_title = "\n{}\n".format("\n".join(titles))
    movies.bulk_update(changed, ["search_title"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0070_member_import_history")]
    operations = [
        migrations.RunPython(keep_pieces, migrations.RunPython.noop),
        migrations.RunPython(fold_fractions, migrations.RunPython.noop, elidable=True),
    ]
