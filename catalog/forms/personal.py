"""Forms of a member's lists, diary entries and sharing choices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import DiaryEntry, MovieList, MovieListEntry, Sharing
from catalog.models.diary import FIRST_SHOW
from catalog.models.sharing import CHOICES
from catalog.rendering.film_cards import stars_text
from catalog.services.diary import Viewing, latest_day
from catalog.services.ratings import half_stars_of


def star_choices() -> list[tuple[str, str]]:
    """Half-stars, the best first: what is sent, and what it says."""
    return [(f"{half / 2}", f"{stars_text(half / 2)} ★") for half in range(10, 0, -1)]


class ListForm(forms.ModelForm):
    class Meta:
        model = MovieList
        fields = ("title", "description", "is_public")
        help_texts = {
            "is_public": _("Everybody with the address can read a public list, and see your name."),
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["title"].widget.attrs["autocomplete"] = "off"


class NoteForm(forms.ModelForm):
    """What a list says about one of its films."""

    class Meta:
        model = MovieListEntry
        fields = ("note",)


class SharingForm(forms.ModelForm):
    class Meta:
        model = Sharing
        fields = CHOICES


class DiaryForm(forms.Form):
    """A viewing. ``stars`` are sent as text, 0.5 to 5.0, and are half-stars or None when clean."""

    watched_on = forms.DateField(
        label=_("Watched on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )
    stars = forms.TypedChoiceField(
        label=_("Stars for this viewing"), required=False, coerce=half_stars_of, empty_value=None
    )
    rewatch = forms.BooleanField(label=_("I had seen it before"), required=False)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=DiaryEntry._meta.get_field("note").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only you can read it."),
    )

    def __init__(self, *args: Any, place: str = "diary", **kwargs: Any) -> None:
        """``place`` keeps the ids of two forms on one page apart."""
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("auto_id", f"{place}-%s")
        super().__init__(*args, **kwargs)
        self.fields["stars"].choices = [  # type: ignore[attr-defined]
            ("", _("No stars")),
            *star_choices(),
        ]
        self.fields["watched_on"].initial = timezone.localdate
        self.fields["watched_on"].widget.attrs.update(
            {"min": FIRST_SHOW.isoformat(), "max": latest_day().isoformat()}
        )
        if not self.is_bound and "watched_on" not in self.initial:
            # The server's day; a script makes it that of the reader, who may live elsewhere.
            self.fields["watched_on"].widget.attrs["data-today"] = True

    @classmethod
    def of(cls, entry: DiaryEntry) -> DiaryForm:
        """The form with what an entry says."""
        return cls(
            initial={
                "watched_on": entry.watched_on,
                "stars": "" if entry.stars is None else f"{entry.stars}",
                "rewatch": entry.rewatch,
                "note": entry.note,
            }
        )

    def viewing(self) -> Viewing:
        """What was filled in; the form is valid."""
        wanted = self.cleaned_data
        return Viewing(
            watched_on=wanted["watched_on"],
            half_stars=wanted["stars"],
            rewatch=wanted["rewatch"],
            note=wanted["note"],
        )
