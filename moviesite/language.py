"""The choice of a language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.i18n import LANGUAGE_QUERY_PARAMETER, set_language

from catalog.services.member_language import keep_language


def choose_language(request: HttpRequest) -> HttpResponse:
    """Django's own view; what a member chose holds for mails and feeds, too.

    Who tells no page to go back to comes to our front page: Django would send them to the root of
    the host, where under a path another site stands.
    """
    answer: HttpResponse = set_language(request)
    chosen = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    if request.user.pk and chosen in dict(settings.LANGUAGES):
        keep_language(request.user.pk, chosen)
    if answer.get("Location") == "/":
        answer["Location"] = reverse("home")
    return answer
