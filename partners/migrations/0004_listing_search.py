import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.utils.timezone
from django.db import migrations, models

import advisory_portal.core.ids

WORDS_VECTOR = """
CREATE FUNCTION partners_words_vector(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT strip(
        to_tsvector('pg_catalog.simple'::regconfig, words) || to_tsvector('pg_catalog.spanish'::regconfig, words)
        || to_tsvector('pg_catalog.english'::regconfig, words) || to_tsvector('pg_catalog.catalan'::regconfig, words)
    )
$$
"""
# Words are letters and digits only (rules.listings.words_of). ts_lexize keeps quiet about words that are all filler.
WORDS_QUERY = """
CREATE FUNCTION partners_words_query(words text[], prefix_from integer) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(
        '(' || quote_literal(word) || CASE WHEN length(word) >= prefix_from THEN ':*' ELSE '' END || coalesce((
            SELECT string_agg(DISTINCT ' | ' || quote_literal(stem), '') FROM unnest(
                ts_lexize('pg_catalog.spanish_stem'::regdictionary, word)
                || ts_lexize('pg_catalog.english_stem'::regdictionary, word)
                || ts_lexize('pg_catalog.catalan_stem'::regdictionary, word)
            ) stem WHERE stem <> word
        ), '') || ')', ' & ' ORDER BY word
    )::tsquery FROM unnest(words) word
$$
"""
# A lower threshold than pg_trgm's own: two swapped letters cost a short word most of its trigrams.
WORDS_LIKE = """
CREATE FUNCTION partners_words_like(mistyped text) RETURNS SETOF varchar
LANGUAGE sql STABLE PARALLEL SAFE SET pg_trgm.similarity_threshold = 0.2 AS $$
    SELECT word FROM partners_listingword WHERE word % mistyped ORDER BY similarity(word, mistyped) DESC, word LIMIT 60
$$
"""
# The planner thinks reading `search` beside every row as cheap as asking its index; it lies elsewhere, packed.
HAS_WORDS = """
CREATE FUNCTION partners_any_has_words(words text[], prefix_from integer, is_public boolean) RETURNS boolean
LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT EXISTS (
        SELECT 1 FROM partners_listing
        WHERE search @@ partners_words_query(words, prefix_from) AND (in_directory OR NOT is_public)
    )
$$
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_programme_and_profiles")]

    operations = (
        [
            migrations.RemoveIndex(model_name="listing", name="listing_words"),
            migrations.RemoveField(model_name="listing", name="search_text"),
            migrations.RemoveField(model_name="listing", name="description"),
            migrations.CreateModel(
                name="ListingWord",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=advisory_portal.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ("word", models.CharField(max_length=40, unique=True)),
                ],
                options={"verbose_name": "word", "verbose_name_plural": "words"},
            ),
            migrations.AddIndex(
                model_name="listingword",
                index=django.contrib.postgres.indexes.GinIndex(
                    django.contrib.postgres.indexes.OpClass("word", name="gin_trgm_ops"), name="listing_word_alike"
                ),
            ),
        ]
        + [
            migrations.AddField(
                model_name="listing",
                name=name,
                field=django.contrib.postgres.search.SearchVectorField(null=True),
            )
            for name in ("names", "heads", "facets")
        ]
        + [
            migrations.AddIndex(
                model_name="listing",
                index=django.contrib.postgres.indexes.GinIndex(fields=["facets"], name="listing_facets"),
            ),
            migrations.AddIndex(
                model_name="listing",
                index=models.Index(fields=["-rank_score", "id"], name="listing_best_first"),
            ),
            migrations.RunSQL(WORDS_VECTOR, "DROP FUNCTION partners_words_vector(text)"),
            migrations.RunSQL(WORDS_QUERY, "DROP FUNCTION partners_words_query(text[], integer)"),
            migrations.RunSQL(WORDS_LIKE, "DROP FUNCTION partners_words_like(text)"),
            migrations.RunSQL(HAS_WORDS, "DROP FUNCTION partners_any_has_words(text[], integer, boolean)"),
        ]
    )
