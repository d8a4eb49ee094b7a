"""Forms of reports, takedowns and reviews."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Report, Takedown
from catalog.models.moderation import Concern

CONCERNS = [("", _("Choose…")), *Concern.choices]


class ReportForm(forms.ModelForm):
    concern = forms.ChoiceField(label=_("What is wrong?"), choices=CONCERNS)

    class Meta:
        model = Report
        fields = ("concern", "note")
        labels = {"note": _("Anything a moderator should know")}
        help_texts = {"note": _("Moderators read it; the member does not.")}
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


class TakedownForm(forms.ModelForm):
    concern = forms.ChoiceField(label=_("What is wrong?"), choices=CONCERNS)

    class Meta:
        model = Takedown
        fields = ("concern", "explanation")
        widgets = {"explanation": forms.Textarea(attrs={"rows": 3})}


class PleaForm(forms.Form):
    plea = forms.CharField(
        label=_("What should the moderator know?"),
        max_length=Takedown._meta.get_field("plea").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you changed, or why nothing is wrong."),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"),
        max_length=Takedown._meta.get_field("answer").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The member reads it."),
    )
