"""Answers of the next release tell that they are its own."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tests.upgrade.next_release import FAULT

HEADER = "X-Release"


def name_release(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    if FAULT == "web":
        raise RuntimeError("this release does not start")

    def answer(request: HttpRequest) -> HttpResponse:
        if FAULT == "page" and request.path_info == "/":
            raise RuntimeError("this page is broken")
        response = get_response(request)
        response[HEADER] = "next"
        return response

    return answer
