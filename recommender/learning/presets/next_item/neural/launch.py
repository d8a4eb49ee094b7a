"""``torchrun`` that ends with whoever started it: when its standard input does.

``python -m recommender.learning.presets.next_item.neural.launch ARGUMENTS OF TORCHRUN``
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from torch.distributed import run


def main() -> None:
    threading.Thread(target=_end_with_input, daemon=True).start()
    run.main(sys.argv[1:])


def _end_with_input() -> None:
    # Past Python's own buffer, whose lock nobody could take when the interpreter ends.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)  # torchrun ends its processes then


if __name__ == "__main__":
    main()
