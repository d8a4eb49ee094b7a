"""Tables that belong to no member and no film."""

from django.db import models


class CacheEntry(models.Model):
    """What the cache holds while Redis is away; `moviesite.cache` alone reads and writes it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "matinee_cache"

    def __str__(self) -> str:
        return self.cache_key


class Heartbeat(models.Model):
    """When beat, a queue's workers or the mail server were last alive, and of back-ups."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "matinee_heartbeat"

    def __str__(self) -> str:
        return self.name
