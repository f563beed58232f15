"""`python -m autotrack`: the same command as `autotrack`, also where a script's first line cannot name its Python."""

from autotrack.cli import main

if __name__ == "__main__":
    main(prog_name="autotrack")
