"""The `paddock` command. Everything heavy is imported by the command that needs it, so that --help is quick."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `paddock` with `arguments` (by default those of the process) and return its exit code."""
    import typer
    from typer.exceptions import TyperException

    from backend.cli.exits import ExitCode, exit_code
    from backend.cli.output import emit, show_error
    from backend.cli.program import program
    from python_training.contracts.errors import PaddockError
    from python_training.runtime.output import show_foreign_text

    show_foreign_text()
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in arguments
    try:
        code = program().main(arguments, prog_name="paddock", standalone_mode=False)
    except PaddockError as error:
        show_error(error, as_json=as_json)
        return exit_code(error)
    except TyperException as error:
        if as_json:
            emit({"error": {"code": "usage", "message": error.format_message()}})
        else:
            print(f"Error: {error.format_message()}", file=sys.stderr)
            print("Hint: --help shows what can be typed.", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        # A folder that cannot be written, a full disk: what the system says is all there is to say.
        show_error(PaddockError(f"{error.filename or 'Input or output'}: {error.strerror}."), as_json=as_json)
        return ExitCode.FAILURE
    except typer.Abort:
        print("Aborted.", file=sys.stderr)
        return ExitCode.FAILURE
    return int(code or ExitCode.OK)
