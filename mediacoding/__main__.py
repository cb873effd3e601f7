"""The console command: `mediacoding start`, `demo`, `import-articles`, `export`, ...

Every word after `mediacoding` is a Django command with dashes for underscores.
"""

import os
import sys

COMMANDS = {
    "start": "Set up what is missing and serve on this machine.",
    "demo": "Load the demonstration study and serve it.",
    "new-person": "Make a person who can sign in.",
    "import-articles": "Import articles from a CSV or XLSX file.",
    "import-codings": "Import codings made elsewhere from a CSV file.",
    "import-codebook": "Read a codebook file, and publish it on request.",
    "agreement": "Compute the agreement of the codings in a CSV, XLSX or SPSS file.",
    "export": "Write an export to a file.",
    "check": "Check the installation (--deploy for teams).",
}


def main() -> None:
    """Run one command with Django set up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediacoding.settings")
    words = sys.argv[1:]
    if not words or words[0] in {"-h", "--help", "help"}:
        print("mediacoding COMMAND [--help]\n")
        for name, purpose in COMMANDS.items():
            print(f"  {name:16} {purpose}")
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(["mediacoding", words[0].replace("-", "_"), *words[1:]])


if __name__ == "__main__":
    main()
