"""Translations of the genre names that datasets use."""

from django.utils.translation import gettext_noop as _

KNOWN = (
    _("Action"),
    _("Adventure"),
    _("Animation"),
    _("Children"),
    _("Comedy"),
    _("Crime"),
    _("Documentary"),
    _("Drama"),
    _("Family"),
    _("Fantasy"),
    _("Film-Noir"),
    _("Foreign"),
    _("History"),
    _("Horror"),
    _("Music"),
    _("Musical"),
    _("Mystery"),
    _("Romance"),
    _("Sci-Fi"),
    _("Science Fiction"),
    _("TV Movie"),
    _("Thriller"),
    _("War"),
    _("Western"),
)
