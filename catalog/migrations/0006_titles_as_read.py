"""Films such as Se7en and S1m0ne are found by what their titles say."""

import re
from typing import Any

from django.db import migrations

LETTER = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "v"}
DIGIT_IN_WORD = re.compile(r"(?<=[a-z])[013457](?=[a-z])")


def add_readings(apps: Any, schema_editor: Any) -> None:
    movies = apps.get_model("catalog", "Movie").objects
    found = movies.filter(search_title__regex="[a-z][013457][a-z]").only("search_title")
    changed = list(found)
    for movie in changed:
        titles = movie.search_title.strip("\n").split("\n")
        read = [DIGIT_IN_WORD.sub(lambda digit: LETTER[digit[0]], one) for one in titles]
        movie.search_title = "\n{}\n".format("\n".join(dict.fromkeys(titles + read)))
    movies.bulk_update(changed, ["search_title"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_friendships")]
    operations = [migrations.RunPython(add_readings, migrations.RunPython.noop, elidable=True)]
