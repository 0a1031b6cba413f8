"""The kernel as Jupyter sees it: `python notebooks/kernel/front EVCXR CONNECTION_FILE`. kernel.json calls it.

It starts evcxr_jupyter and stands between it and Jupyter. notebooks/kernel/README.md says why."""
import sys

from front import Front
from engine import NoEngine


def main():
    program, connection_file = sys.argv[1:3]
    try:
        return Front(program, connection_file).run()
    except NoEngine as error:
        print(f"Error: {error}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
