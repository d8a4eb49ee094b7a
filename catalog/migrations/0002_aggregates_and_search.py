"""What only the database can keep: rating aggregates, and the trigram index for search."""

from django.db import migrations

AGGREGATES = """
CREATE FUNCTION catalog_add_ratings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_movie m
    SET rating_count = m.rating_count + d.n, half_star_sum = m.half_star_sum + d.s
    FROM (SELECT movie_id, count(*) AS n, sum(half_stars) AS s FROM added GROUP BY movie_id
          ORDER BY movie_id) d
    WHERE m.id = d.movie_id;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_remove_ratings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_movie m
    SET rating_count = m.rating_count - d.n, half_star_sum = m.half_star_sum - d.s
    FROM (SELECT movie_id, count(*) AS n, sum(half_stars) AS s FROM removed GROUP BY movie_id
          ORDER BY movie_id) d
    WHERE m.id = d.movie_id;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_change_ratings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_movie m
    SET rating_count = m.rating_count + d.n, half_star_sum = m.half_star_sum + d.s
    FROM (SELECT movie_id, sum(n) AS n, sum(s) AS s FROM (
              SELECT movie_id, 1 AS n, half_stars AS s FROM added
              UNION ALL SELECT movie_id, -1, -half_stars FROM removed) both_sides
          GROUP BY movie_id HAVING sum(n) <> 0 OR sum(s) <> 0 ORDER BY movie_id) d
    WHERE m.id = d.movie_id;
    RETURN NULL;
END $$;

CREATE TRIGGER catalog_rating_added AFTER INSERT ON catalog_rating
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION catalog_add_ratings();
CREATE TRIGGER catalog_rating_removed AFTER DELETE ON catalog_rating
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION catalog_remove_ratings();
CREATE TRIGGER catalog_rating_changed AFTER UPDATE ON catalog_rating
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_change_ratings();
"""

DROP_AGGREGATES = """
DROP TRIGGER catalog_rating_added ON catalog_rating;
DROP TRIGGER catalog_rating_removed ON catalog_rating;
DROP TRIGGER catalog_rating_changed ON catalog_rating;
DROP FUNCTION catalog_add_ratings();
DROP FUNCTION catalog_remove_ratings();
DROP FUNCTION catalog_change_ratings();
"""

# Some embedded servers are built without pg_trgm: search then works by substring alone.
TRIGRAMS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE INDEX catalog_movie_search ON catalog_movie USING gin (search_title gin_trgm_ops);
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(AGGREGATES, DROP_AGGREGATES),
        migrations.RunSQL(TRIGRAMS, "DROP INDEX IF EXISTS catalog_movie_search"),
    ]
