"""Words that look like one that was typed wrong, closer ones first; neighbours swapped still count as like."""

from django.db import migrations

WORDS_LIKE = """
CREATE FUNCTION catalog_words_like(owner uuid, mistyped text) RETURNS SETOF varchar
LANGUAGE sql STABLE PARALLEL SAFE SET pg_trgm.similarity_threshold = 0.15 AS $$
    SELECT word FROM catalog_word WHERE organisation_id = owner AND word % mistyped
    ORDER BY similarity(word, mistyped) DESC, word LIMIT 60
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_alarms_to_tell_of"),
    ]

    operations = [migrations.RunSQL(WORDS_LIKE, "DROP FUNCTION catalog_words_like(uuid, text)")]
