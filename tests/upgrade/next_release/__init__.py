"""A release after this one, whose migrations only add, as the rules in docs/operating.md ask.

Its web processes say so in each answer. With FAULT in the environment it is one that cannot be
upgraded to.
"""

import os

FAULT = os.environ.get("FAULT", "")
