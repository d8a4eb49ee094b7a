"""Passwords of tests: hashed as the site does it, at a cost that tests can pay by the thousand."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """What it makes is checked by the site's own processes too: a hash says what it cost."""

    time_cost = 1
    memory_cost = 8  # KiB
    parallelism = 1
