"""Anything may be sent to any address: the site answers, and no half of it is written.

How many cases each address gets is FUZZ_CASES; `make fuzz` sends 100,000 in all.
"""

import os

CASES = int(os.environ.get("FUZZ_CASES", "4"))
