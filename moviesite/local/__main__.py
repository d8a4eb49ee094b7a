"""``python -m moviesite.local``: run the site on this machine until Ctrl-C."""

import errno
import sys
from pathlib import Path

from moviesite.local.console import complain, say
from moviesite.local.errors import LocalRunError, StopRequested
from moviesite.local.supervisor import run


def main(root: Path) -> int:
    """The exit status; every failure that is expected becomes one sentence."""
    try:
        run(root)
    except StopRequested:
        say("Stopped.")
    except LocalRunError as error:
        complain(str(error))
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        complain(f"Matinee cannot write {error.filename or 'its files'}: {error.strerror}.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[2]))
