import recommender.kinds
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recommender', '0006_sharper_gate'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='modelversion',
            name='recommender_version_kind',
        ),
        migrations.RemoveConstraint(
            model_name='trainingrun',
            name='recommender_run_kind',
        ),
        migrations.AlterField(
            model_name='modelversion',
            name='kind',
            field=models.CharField(choices=recommender.kinds.choices, max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='trainingrun',
            name='kind',
            field=models.CharField(choices=recommender.kinds.choices, max_length=20, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.CheckConstraint(condition=models.Q(('kind__regex', '^[A-Za-z0-9_-]{1,20}$')), name='recommender_version_kind'),
        ),
        migrations.AddConstraint(
            model_name='trainingrun',
            constraint=models.CheckConstraint(condition=models.Q(('kind__regex', '^[A-Za-z0-9_-]{1,20}$')), name='recommender_run_kind'),
        ),
    ]
