#!/usr/bin/env python
"""Django's command-line entry."""

import os
import sys

from django.core.management import execute_from_command_line

from moviesite.local.environment import join_local_run

if __name__ == "__main__":
    join_local_run()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    execute_from_command_line(sys.argv)
