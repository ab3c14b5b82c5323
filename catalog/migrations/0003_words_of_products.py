"""The words of products, by which what is typed wrong in a search is set right (models.words.Word)."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import advisory_portal.core.ids

WORDS = """
CREATE FUNCTION catalog_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_word (id, created_at, organisation_id, word)
        SELECT gen_random_uuid(), now(), NEW.organisation_id, word FROM (
            SELECT DISTINCT left(one, 60) AS word
            FROM regexp_split_to_table(NEW.search_text, '[^[:alnum:]]+') AS one WHERE length(one) >= 3
        ) AS words ORDER BY word
        ON CONFLICT (organisation_id, word) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER product_has_words AFTER INSERT ON catalog_product
    FOR EACH ROW EXECUTE FUNCTION catalog_keep_words();
CREATE TRIGGER product_has_other_words AFTER UPDATE ON catalog_product FOR EACH ROW
    WHEN (OLD.search_text IS DISTINCT FROM NEW.search_text)
    EXECUTE FUNCTION catalog_keep_words();
"""
REVERSE = """
DROP TRIGGER product_has_other_words ON catalog_product;
DROP TRIGGER product_has_words ON catalog_product;
DROP FUNCTION catalog_keep_words();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_placements_and_what_stays"),
        ("partners", "0004_listing_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=advisory_portal.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("word", models.CharField(max_length=60)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        "organisation",
                        django.contrib.postgres.indexes.OpClass("word", name="gin_trgm_ops"),
                        name="word_alike",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("organisation", "word"), name="word_once")],
            },
        ),
        migrations.RunSQL(WORDS, REVERSE),
    ]
