"""The form of a film, for a person to fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from catalog.models import Language, Movie
from catalog.rendering.field_changes import label_of
from catalog.rendering.language_names import OTHERS, language_name
from catalog.services.film_changes import COLUMNS, LINKS, RELATIONS, WITHOUT_ORIGIN
from catalog.services.provenance import locked_fields

CODE_LENGTH = 2
# As TMDB calls them.
STATUSES = ("Rumored", "Planned", "In Production", "Post Production", "Released", "Canceled")
LOCKABLE = [name for name in (*COLUMNS, *RELATIONS, LINKS) if name not in WITHOUT_ORIGIN]

HELP = {
    "title": _("As it is known in English-speaking countries."),
    "original_title": _("In the language it was made in, where that is another one."),
    "year": _("In which it was first shown."),
    "release_date": _("The first day on which the public could see it."),
    "runtime": _("In minutes, as on the poster."),
    "genres": _("Type a few letters to search. Recommendations are filtered by them."),
    "collection": _("The series it belongs to. Type a few letters to search."),
    "overview": _("What it is about, in a few sentences and without the ending."),
    "tagline": _("The line on the poster."),
    "homepage": _("The film's own page, with https://."),
    "poster_path": _("At TMDB, such as /kqjL17yufvn9OVLyXYpvtyrFfak.jpg; empty: a drawn cover."),
    "adult": _("For adults only. Unknown counts as no."),
    "video": _("Made for video and never shown in a cinema."),
    "companies": _("Type a few letters of a company's name to search."),
    "countries": _("Where it was produced."),
    "spoken_languages": _("Which one hears in it."),
    "original_language": _("The one it was made in."),
    "popularity": _("Breaks ties among films that nobody has rated here."),
}


class FilmForm(forms.ModelForm):
    """``locked`` are the fields that refreshes and imports leave as they are."""

    locked = forms.MultipleChoiceField(
        label=_("Keep as they are"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "What you write is locked by itself. Untick a field to let a refresh or an import write"
            " it again."
        ),
    )

    class Meta:
        model = Movie
        fields: list[str] = []
        widgets = {"tagline": forms.TextInput(attrs={"class": "vTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in HELP.items():
            if name in self.fields:
                self.fields[name].help_text = text
        if "locked" in self.fields:
            self.fields["locked"].choices = [  # type: ignore[attr-defined]
                (name, capfirst(label_of(name))) for name in LOCKABLE
            ]
            if self.instance.pk:
                self.initial["locked"] = sorted(locked_fields(self.instance))
        self._offer("original_language", language_choices())
        self._offer("status", [(status, status) for status in STATUSES])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """A choice in place of free text; what stands there already can stay."""
        if name not in self.fields:
            return
        now = getattr(self.instance, name)
        if now and now not in dict(choices):
            choices = [*choices, (now, now)]
        field = self.fields[name]
        self.fields[name] = forms.ChoiceField(
            label=field.label,
            help_text=field.help_text,
            required=False,
            choices=[("", "–"), *choices],
        )


def language_choices() -> list[tuple[str, str]]:
    """(code, name) of all languages that the site can name: a catalog may know none yet."""
    known = dict(Language.objects.values_list("code", "name"))
    named = {*OTHERS, *(code for code in LANG_INFO if len(code) == CODE_LENGTH)}
    choices = [(code, language_name(code, known)) for code in {*known, *named}]
    return sorted(choices, key=lambda pair: pair[1].casefold())
