"""Where media servers post to. Neither a session nor a form's token plays a part here."""

import structlog
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from catalog.hooks import addresses
from catalog.hooks.formats import read
from catalog.hooks.formats.told import PayloadError
from catalog.hooks.payload import TooLargeError, read_payload
from catalog.hooks.receive import receive
from catalog.hooks.throttle import seconds_to_wait
from catalog.hooks.words import said

log = structlog.get_logger(__name__)


@csrf_exempt
@never_cache
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """A delivery: noted, or left alone with a reason; 404 in the same words for all else."""
    address = addresses.find(token)
    if address is None:
        return _not_found()
    if request.method != "POST":
        return HttpResponse("Post here.\n", status=405, headers={"Allow": "POST"}, **PLAIN)
    if wait := seconds_to_wait(address.pk):
        headers = {"Retry-After": str(wait)}
        return HttpResponse("Too many deliveries.\n", status=429, headers=headers, **PLAIN)
    try:
        delivery = read(read_payload(request))
    except TooLargeError:
        return HttpResponse("This is larger than a delivery may be.\n", status=413, **PLAIN)
    except PayloadError as error:
        log.info("delivery_not_read", address=address.pk, error=str(error))
        return JsonResponse({"status": "unreadable", "detail": str(error)}, status=400)
    try:
        ignored = receive(address, delivery)
    except IntegrityError:
        return _not_found()
    if ignored is None:
        return JsonResponse({"status": "noted"})
    return JsonResponse({"status": "ignored", "reason": ignored, "detail": str(said(ignored))})


PLAIN = {"content_type": "text/plain; charset=utf-8"}


def _not_found() -> HttpResponse:
    return HttpResponse("Not found.\n", status=404, **PLAIN)
