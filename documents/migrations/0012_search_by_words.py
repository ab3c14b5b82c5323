import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Func, Value


class Migration(migrations.Migration):
    """Without locking the table: documents go on being written while the index is built."""

    atomic = False
    dependencies = [("documents", "0011_invoices_by_tax_point")]

    operations = [
        AddIndexConcurrently(
            model_name="document",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("organisation"),
                django.contrib.postgres.search.SearchVector(
                    Func(F("search_text"), Value("[^[:alnum:]]+"), Value(" "), Value("g"), function="regexp_replace"),
                    config="simple",
                ),
                name="document_words",
            ),
        ),
        RemoveIndexConcurrently(model_name="document", name="document_search"),
    ]
