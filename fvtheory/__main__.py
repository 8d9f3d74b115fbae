"""``fvtheory`` and ``python -m fvtheory`` are the command line, quiet even where it is interrupted as it starts."""

import sys

INTERRUPTED = 130  # of `fvtheory.commands.exit_codes`, which is not imported yet when this is needed


def main() -> int:
    """Run the command line and return the exit code."""
    try:
        import signal

        signal.signal(
            signal.SIGTERM, signal.default_int_handler
        )  # a scheduler's word leaves as little as Ctrl-C
        from fvtheory.cli import main as run

        return run()
    except KeyboardInterrupt:  # before the command line listens for it
        print("fvtheory: interrupted", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
