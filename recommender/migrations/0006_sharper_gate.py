import django.core.validators
from django.db import migrations, models

MARGINS = ("gate_stars_margin_percent", "gate_next_margin_percent", "gate_page_margin_percent")
FORMER_MARGIN = 1.0
FORMER_DEFAULTS = {"gate_questions": (1000, 2000), "gate_certainty_percent": (80.0,)}


def keep_what_was_chosen(apps, schema_editor):
    """A margin other than the default goes to all three; former defaults become the new ones."""
    policy_model = apps.get_model("recommender", "RetrainingPolicy")
    for policy in policy_model.objects.all():
        if policy.gate_margin_percent != FORMER_MARGIN:
            for name in MARGINS:
                setattr(policy, name, policy.gate_margin_percent)
        for name, former in FORMER_DEFAULTS.items():
            if getattr(policy, name) in former:
                setattr(policy, name, policy_model._meta.get_field(name).default)
        policy.save()


def back(apps, schema_editor):
    """The one margin there was gets the next film's, which it was chosen for last."""
    policy_model = apps.get_model("recommender", "RetrainingPolicy")
    for policy in policy_model.objects.all():
        if policy.gate_next_margin_percent != policy_model._meta.get_field(MARGINS[1]).default:
            policy.gate_margin_percent = policy.gate_next_margin_percent
            policy.save()


def percent(label, default, low=0.0, high=100.0, **options):
    validators = [
        django.core.validators.MinValueValidator(low),
        django.core.validators.MaxValueValidator(high),
    ]
    return models.FloatField(verbose_name=label, default=default, validators=validators, **options)


class Migration(migrations.Migration):
    dependencies = [("recommender", "0005_departures")]

    operations = [
        migrations.AlterField(
            "retrainingpolicy",
            "gate_questions",
            models.PositiveIntegerField(
                default=20_000,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="newest of them that are asked",
            ),
        ),
        migrations.AlterField(
            "retrainingpolicy",
            "gate_certainty_percent",
            percent(
                "how sure the gate must be to turn a candidate down, in percent",
                95.0,
                50.0,
                99.9,
                help_text="Of all that it compares together.",
            ),
        ),
        migrations.AddField(
            "retrainingpolicy",
            "gate_stars_margin_percent",
            percent(
                "how much worse a candidate's stars may be, in percent of the opponent's RMSE", 0.2
            ),
        ),
        migrations.AddField(
            "retrainingpolicy",
            "gate_next_margin_percent",
            percent(
                "how much worse its next films may rank, in percent of the opponent's mean rank",
                0.5,
            ),
        ),
        migrations.AddField(
            "retrainingpolicy",
            "gate_page_margin_percent",
            percent(
                "how much worse liked films may rank on the page, in percent of the mean rank there",
                4.0,
            ),
        ),
        migrations.RunPython(keep_what_was_chosen, back),
        migrations.RemoveField("retrainingpolicy", "gate_margin_percent"),
    ]
