"""Anything may be sent to any address: the site answers, and no half of it is written.

Each of the site's addresses gets FUZZ_CASES cases, each operation of the API twice as many: half of
them as described, half not. The usual number makes 5,000 in all; `make fuzz` sends 100,000.
The edges of what the API describes come to 2,200 cases more, whatever FUZZ_CASES is, and walks from
one of its operations to the next to some 400 steps for the usual number.
"""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings

CASES = int(os.environ.get("FUZZ_CASES", "15"))


def drawn(examples: int, **others: Any) -> settings:
    """So many examples, none made smaller; the same ones each time, unless there are many."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=CASES < 100,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        **others,
    )
