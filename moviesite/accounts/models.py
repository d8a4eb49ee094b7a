"""The user of the site."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person who rates films, or a rater of an imported dataset (inactive, no password)."""

    # Imported raters are many and never log in; the site's own lists leave them out.
    imported = models.BooleanField(_("imported rater"), default=False, editable=False)
    is_public = models.BooleanField(
        _("public profile"), default=False, help_text=_("Others may see your ratings and lists.")
    )
    watch_together = models.BooleanField(
        _("watch together"),
        default=False,
        help_text=_("Other members may include you when they look for a film for a group."),
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(imported=False) | models.Q(is_active=False),
                name="accounts_user_imported_is_inactive",
            ),
        ]
