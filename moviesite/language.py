"""The choice of a language."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.i18n import set_language


def choose_language(request: HttpRequest) -> HttpResponse:
    """Django's own view; who tells no page to go back to comes to our front page.

    Django would send them to the root of the host, where under a path another site stands.
    """
    answer: HttpResponse = set_language(request)
    if answer.get("Location") == "/":
        answer["Location"] = reverse("home")
    return answer
