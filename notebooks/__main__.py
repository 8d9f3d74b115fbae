"""``python -m notebooks [NAME ...]``: run notebooks, and compare what they print with what is stored."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from notebooks.execution import LIMIT, missing, paths, pictures, run, store


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m notebooks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="notebooks without .ipynb (default: all)")
    parser.add_argument("--write", action="store_true", help="store the outputs in place of comparing them")
    parser.add_argument("--pictures", metavar="DIR", help="put the pictures that they show into this folder")
    parser.add_argument(
        "--limit", type=float, default=LIMIT, help="seconds a notebook (default: %(default)g)"
    )
    options = parser.parse_args(words)
    try:
        import nbclient  # noqa: F401
        import nbformat
    except ImportError:
        print("got no nbclient; required: pip install nbclient nbformat ipykernel", file=sys.stderr)
        return 2
    try:
        chosen = paths(options.names)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    failed = 0
    for path in chosen:
        lacking = missing(nbformat.read(path, as_version=4))
        if lacking:
            print(f"{path.stem}: not run, no {', '.join(lacking)}", flush=True)
            continue
        done = run(path, options.limit, compare=not options.write)
        print(f"{path.stem}: {done.problem or 'ok'} ({done.seconds:.1f} s)", flush=True)
        failed += done.problem is not None
        if options.pictures:
            Path(options.pictures).mkdir(parents=True, exist_ok=True)
            for number, picture in enumerate(pictures(done.notebook), 1):
                (Path(options.pictures) / f"{path.stem}-{number:02}.png").write_bytes(picture)
        if options.write and done.problem is None:
            store(path, done.notebook)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
