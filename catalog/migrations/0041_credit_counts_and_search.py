"""What only the database can keep: how many credits a person has, and the index for names."""

from django.db import migrations

# People are locked in the order of their keys, so that two imports never wait for each other.
COUNTS = """
CREATE FUNCTION catalog_count_credits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM catalog_person WHERE id IN (SELECT person_id FROM changed)
    ORDER BY id FOR NO KEY UPDATE;
    IF TG_OP = 'INSERT' THEN
        UPDATE catalog_person p SET credit_count = p.credit_count + d.n
        FROM (SELECT person_id, count(*) AS n FROM changed GROUP BY person_id) d
        WHERE p.id = d.person_id;
    ELSE
        UPDATE catalog_person p SET credit_count = p.credit_count - d.n
        FROM (SELECT person_id, count(*) AS n FROM changed GROUP BY person_id) d
        WHERE p.id = d.person_id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_move_credits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_person p SET credit_count = p.credit_count + d.n
    FROM (SELECT person_id, sum(n) AS n FROM (
              SELECT person_id, 1 AS n FROM added
              UNION ALL SELECT person_id, -1 FROM removed) both_sides
          GROUP BY person_id HAVING sum(n) <> 0 ORDER BY person_id) d
    WHERE p.id = d.person_id;
    RETURN NULL;
END $$;

CREATE TRIGGER catalog_credit_added AFTER INSERT ON catalog_credit
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_count_credits();
CREATE TRIGGER catalog_credit_removed AFTER DELETE ON catalog_credit
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_count_credits();
CREATE TRIGGER catalog_credit_moved AFTER UPDATE ON catalog_credit
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_move_credits();
"""

DROP_COUNTS = """
DROP TRIGGER catalog_credit_added ON catalog_credit;
DROP TRIGGER catalog_credit_removed ON catalog_credit;
DROP TRIGGER catalog_credit_moved ON catalog_credit;
DROP FUNCTION catalog_count_credits();
DROP FUNCTION catalog_move_credits();
"""

TRIGRAMS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX catalog_person_search ON catalog_person USING gin (search_name gin_trgm_ops);
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0040_people_and_keywords")]

    operations = [
        migrations.RunSQL(COUNTS, DROP_COUNTS),
        migrations.RunSQL(TRIGRAMS, "DROP INDEX IF EXISTS catalog_person_search"),
    ]
