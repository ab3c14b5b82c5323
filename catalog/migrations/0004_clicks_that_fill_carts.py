from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_words_of_products"),
    ]

    operations = [
        migrations.AddField(
            model_name="cartline",
            name="added_key",
            field=models.UUIDField(null=True),
        ),
    ]
