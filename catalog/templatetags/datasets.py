"""Words of imports of datasets."""

from django import template

from catalog.rendering.dataset_words import column_in_words, in_readers_words

register = template.Library()
register.filter("in_readers_words", in_readers_words)
register.filter("column_in_words", column_in_words)
