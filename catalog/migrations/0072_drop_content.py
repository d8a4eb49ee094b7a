"""What is uploaded lies in pieces: the column of whole files goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0071_keep_pieces")]
    operations = [migrations.RemoveField(model_name="memberimport", name="content")]
