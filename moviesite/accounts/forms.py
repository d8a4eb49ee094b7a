"""Forms of a member's account."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import ApiToken, Scope, User
from .names import refuse_names_of_raters, refuse_names_taken_down


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("username",)

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if "username" in self.changed_data:
            refuse_names_of_raters(name)
            refuse_names_taken_down(name, self.instance)
        return name


class TokenForm(forms.ModelForm):
    """``days`` is how long the token lives; empty stands for as long as the account."""

    DAYS = (("30", _("30 days")), ("90", _("90 days")), ("365", _("a year")), ("", _("no end")))

    days = forms.TypedChoiceField(
        label=_("It ends after"), choices=DAYS, required=False, coerce=int, empty_value=None
    )
    ends_with_password = forms.BooleanField(
        label=_("It ends when I change my password"), required=False
    )

    class Meta:
        model = ApiToken
        fields = ("name", "scope")

    def __init__(self, *args: Any, may_administer: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        scope = self.fields["scope"]
        scope.required = False
        if not may_administer:
            scope.choices = [  # type: ignore[attr-defined]
                choice for choice in Scope.choices if choice[0] != Scope.ADMIN
            ]

    def choices(self) -> dict[str, Any]:
        """What ``create_token`` takes; the form is valid."""
        days = self.cleaned_data["days"]
        return {
            "scope": self.cleaned_data["scope"] or Scope.WRITE,
            "expires_at": timezone.now() + timedelta(days=days) if days else None,
            "ends_with_password": self.cleaned_data["ends_with_password"],
        }


class DeleteAccountForm(forms.Form):
    """The name so that nobody does it by accident, the password so that nobody else does."""

    username = forms.CharField(
        label=_("Your user name"),
        help_text=_("Type it exactly as it is shown above, to confirm."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["password"]

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if name != self.user.get_username():
            raise forms.ValidationError(_("That is not your user name."))
        return name

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError(_("The password is not correct."))
        return password
