from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON core_historyentry
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
REVERSE = "DROP TRIGGER history_is_append_only ON core_historyentry; DROP FUNCTION core_refuse_change();"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_core")]

    operations = [
        TrigramExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(APPEND_ONLY, REVERSE),
    ]
