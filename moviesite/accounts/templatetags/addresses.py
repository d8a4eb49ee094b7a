"""The tag ``unconfirmed`` for a member's addresses that keep a second factor from being set up."""

from allauth.account.models import EmailAddress
from django import template
from django.contrib.auth.models import AbstractUser

register = template.Library()


@register.simple_tag
def unconfirmed(user: AbstractUser) -> list[str]:
    return list(
        EmailAddress.objects.filter(user_id=user.pk, verified=False).values_list("email", flat=True)
    )
