"""A movie night: joining by its code, voting, and who won. No account is needed."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.models import MovieNight, NightVoter
from catalog.queries.night_result import proposals, result
from catalog.services.movie_nights import NightError, end_night, has_voted, join, vote

from .parameters import key_in
from .responses import refused

SEATS = "movie_nights"  # of the session: code of a night -> key of the voter
STOP_POLLING = 286  # htmx's own


@require_safe
@never_cache
def movie_night(request: HttpRequest, code: str) -> HttpResponse:
    """Join, vote or see who won, whichever it is time for."""
    night = _night(code)
    return render(request, "catalog/night.html", _context(request, night))


@require_safe
@never_cache
def night_state(request: HttpRequest, code: str) -> HttpResponse:
    """Who is there and how far: asked for every few seconds, until it is over."""
    night = _night(code)
    context = _context(request, night)
    status = STOP_POLLING if night.is_over else 200
    return render(request, "catalog/_night_state.html", context, status=status)


@require_POST
@never_cache
def join_night(request: HttpRequest, code: str) -> HttpResponse:
    night = _night(code)
    if _voter(request, night) is None:
        try:
            voter = join(night, request.POST.get("name", ""))
        except NightError as error:
            return refused(request, str(error), night_address(night))
        request.session[SEATS] = {**request.session.get(SEATS, {}), night.code: voter.pk}
    return redirect("catalog:night", night.code)


@require_POST
@never_cache
def vote_at_night(request: HttpRequest, code: str) -> HttpResponse:
    """``movie`` is a key, ``score`` 0, 1 or 2."""
    night = _night(code)
    voter = _voter(request, night)
    movie_id, score = key_in(request.POST.get("movie", "")), request.POST.get("score", "")
    if voter is None or movie_id is None or score not in ("0", "1", "2"):
        return redirect("catalog:night", night.code)
    try:
        vote(night, voter.pk, movie_id=movie_id, score=int(score))
    except NightError as error:
        return refused(request, str(error), night_address(night))
    if not request.htmx:  # type: ignore[attr-defined]
        # nosemgrep: TNT-REDIR-001 -- the night's own page, and a number
        return redirect(f"{night_address(night)}#film-{movie_id}")
    return render(request, "catalog/_night_state.html", _context(request, _night(code)))


@require_POST
@never_cache
def close_night(request: HttpRequest, code: str) -> HttpResponse:
    """The host alone ends it early."""
    night = get_object_or_404(MovieNight, code=code, host_id=request.user.pk or 0)
    end_night(night)
    return redirect("catalog:night", night.code)


def night_address(night: MovieNight) -> str:
    return reverse("catalog:night", args=[night.code])


def _night(code: str) -> MovieNight:
    return get_object_or_404(MovieNight.objects.select_related("host"), code=code)


def _voter(request: HttpRequest, night: MovieNight) -> NightVoter | None:
    key = request.session.get(SEATS, {}).get(night.code)
    return night.voters.filter(pk=key).first() if key else None


def _context(request: HttpRequest, night: MovieNight) -> dict[str, Any]:
    voter = _voter(request, night)
    voters = list(night.voters.all())
    is_host = night.host_id == request.user.pk
    address = request.build_absolute_uri(night_address(night))
    return {
        "night": night,
        "voter": voter,
        "voters": [(one, len(one.votes), has_voted(night, one)) for one in voters],
        "is_full": len(voters) >= night.people,
        "is_host": is_host,
        "address": address,
        "code_svg": get_adapter().build_totp_svg(address) if is_host else "",
        "proposals": [] if night.is_over else proposals(night, voter),
        "result": result(night) if night.is_over else [],
    }
