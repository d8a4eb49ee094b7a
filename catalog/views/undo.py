"""Undo of the last action."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.services.lists import ListError
from catalog.services.undo import UndoError, undo

from .responses import done, member_id, member_required, not_undone, refused, told_anew


@require_POST
@member_required
def undo_step(request: HttpRequest) -> HttpResponse:
    """``step`` is what the undo button of a message holds; afterwards the page is shown anew.

    With ``in_place`` the page follows the event ``step-undone`` instead.
    """
    try:
        undo(member_id(request), request.POST.get("step", ""))
    except UndoError as error:
        return not_undone(request, error, reverse("home"))
    except ListError as error:
        return refused(request, str(error), reverse("home"))
    message = _("Everything is as it was before.")
    if "in_place" in request.POST:
        return done(
            request,
            message=message,
            event="step-undone",
            detail={},
            undo=None,
            otherwise=reverse("home"),
        )
    return told_anew(request, message, otherwise=reverse("home"))
