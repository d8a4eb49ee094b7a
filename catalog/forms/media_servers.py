"""Forms of a member's media server: whose plays count, and what to fetch from where."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import HookAddress

KEY = re.compile(r"[!#-~]{1,500}")


class AccountForm(forms.ModelForm):
    class Meta:
        model = HookAddress
        fields = ("account",)

    def clean_account(self) -> str:
        return " ".join(self.cleaned_data["account"].split())


class FetchForm(forms.Form):
    """What is asked once; nothing of it is kept."""

    server = forms.ChoiceField(
        label=_("Server"), choices=[("jellyfin", "Jellyfin"), ("plex", "Plex")]
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://media.example:8096"}),
    )
    key = forms.CharField(
        label=_("API key or token"),
        max_length=500,
        help_text=_("Used for this once, and forgotten afterwards."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    user = forms.CharField(
        label=_("Your name on the server"),
        max_length=150,
        required=False,
        help_text=_("For Jellyfin, where the key is an administrator's and not your own."),
    )

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if not KEY.fullmatch(key):
            raise forms.ValidationError(_("A key has no spaces and no quotation marks."))
        return key

    def clean_user(self) -> str:
        return " ".join(self.cleaned_data["user"].split())
