"""The watch over grants looks at rows of two tables: each branch names the columns of its own."""

from django.db import migrations

WATCH = """
CREATE OR REPLACE FUNCTION collaborations_grant_has_its_ground() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted uuid;
BEGIN
    IF TG_TABLE_NAME = 'collaborations_grant' THEN
        wanted := NEW.collaboration_id;
    ELSE
        wanted := NEW.id;
    END IF;
    IF EXISTS (
        SELECT 1 FROM collaborations_grant g JOIN collaborations_collaboration c ON c.id = g.collaboration_id
        WHERE c.id = wanted AND g.revoked_at IS NULL AND c.state <> 'active'
    ) THEN
        RAISE EXCEPTION 'collaboration % is not active and has a grant', wanted USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("collaborations", "0003_sides_of_read_marks"),
    ]

    operations = [
        migrations.RunSQL(WATCH, migrations.RunSQL.noop),
    ]
