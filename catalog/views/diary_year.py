"""A year of the diary: in review, and as a picture to share."""

from datetime import MAXYEAR, MINYEAR

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.queries.diary_year import YearInReview, year_in_review
from catalog.rendering.year_picture import YearWords, can_write, year_picture

from .responses import member_id, member_required


@require_safe
@member_required
def diary_year(request: HttpRequest, year: int) -> HttpResponse:
    return render(request, "catalog/diary_year.html", {"review": _review(request, year)})


@require_safe
@never_cache
@member_required
def diary_picture(request: HttpRequest, year: int) -> HttpResponse:
    """Only its member can fetch it; whom it is shown to is the member's choice."""
    words = _words(_review(request, year), request.user.get_username())
    answer = HttpResponse(year_picture(words), content_type="image/png")
    answer["Content-Disposition"] = f'inline; filename="matinee-{year}.png"'
    return answer


def _review(request: HttpRequest, year: int) -> YearInReview:
    known = MINYEAR <= year <= MAXYEAR  # what a day can have
    review = year_in_review(member_id(request), year) if known else None
    if review is None:
        raise Http404(f"the diary has nothing of {year}")
    return review


def _words(review: YearInReview, name: str) -> YearWords:
    films, hours, again = review.films, review.hours, review.rewatches
    numbers = [(number_format(films), ngettext("film", "films", films))]
    if review.minutes:  # not every catalog knows how long films are
        numbers.append((number_format(hours), ngettext("hour", "hours", hours)))
    numbers.append((number_format(again), _("seen again")))
    lines = []
    for label, people in (
        (_("Most seen director"), review.directors),
        (_("Most seen on the screen"), review.actors),
    ):
        if shown := next((one.person.name for one in people if can_write(one.person.name)), None):
            lines.append((label, shown))
    heading = _("%(name)s’s %(year)s in films") % {"name": name, "year": review.year}
    if not can_write(name):
        heading = _("%(year)s in films") % {"year": review.year}
    return YearWords(
        heading=heading,
        numbers=numbers,
        lines=lines,
        bars=[(_("%ds") % decade, count) for decade, count in review.decades],
        site=settings.SITE_NAME if can_write(settings.SITE_NAME) else "",
    )
