"""``make upgrade`` of a local run: its servers alone, and `manage.py upgrade` on them."""

import sys

from moviesite.local.console import complain
from moviesite.local.errors import LocalRunError
from moviesite.local.restore import manage

if __name__ == "__main__":
    try:
        sys.exit(manage(["upgrade", *sys.argv[1:]]))
    except LocalRunError as error:
        complain(str(error))
        sys.exit(1)
