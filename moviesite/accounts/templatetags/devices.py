"""The filter ``device`` for a browser's name."""

from django import template

from moviesite.accounts.devices import device_name

register = template.Library()
register.filter("device", device_name)
