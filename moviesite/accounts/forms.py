"""What members decide about themselves."""

from django import forms

from .models import ApiToken, User


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("username", "is_public", "watch_together")


class TokenForm(forms.ModelForm):
    class Meta:
        model = ApiToken
        fields = ("name",)
