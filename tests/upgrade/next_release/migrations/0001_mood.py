# A column of the largest table, and a table: both only add.

from django.db import migrations

ADD = """
ALTER TABLE catalog_rating ADD COLUMN mood smallint NULL;
CREATE TABLE next_release_mood (id bigint PRIMARY KEY, name text NOT NULL);
"""
DROP = "DROP TABLE next_release_mood; ALTER TABLE catalog_rating DROP COLUMN mood"


class Migration(migrations.Migration):
    dependencies = [("catalog", "__latest__"), ("recommender", "__latest__")]

    operations = [migrations.RunSQL(ADD, DROP)]
