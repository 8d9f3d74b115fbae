"""``python -m fvtheory`` is the command line."""

import sys

from fvtheory.cli import main

if __name__ == "__main__":
    sys.exit(main())
