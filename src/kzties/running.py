"""Run a notebook by papermill in this process, without the second that a Jupyter kernel takes to wake.

    python -m kzties.running notebooks/03_ties.ipynb reports/runs/03_ties.ipynb -p days_apart 3

Papermill injects the parameters, keeps the record and writes the executed notebook as ever; only the engine, which runs
the cells, is ours: IPython itself. A parameter that the notebook does not know is
an error here, where papermill only warns.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kzties.errors import ParameterError, UserError, nearest
from kzties.tables import write_bytes

ENGINE = "in_process"


def build_engine():
    """Return the papermill engine that runs cells in this process."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import publish_display_data
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from nbformat.v4 import new_output
    from papermill.engines import Engine
    from traitlets.config import Config

    class RichHook(DisplayHook):
        """Keep the last value of a cell in all its forms, as a notebook shows it, instead of printing it."""

        def write_output_prompt(self):
            """Print no `Out[1]:`."""

        def write_format_data(self, format_dict, md_dict=None):
            """Hand the value to whoever captures the cell's output."""
            publish_display_data(format_dict, md_dict or {})

        def finish_displayhook(self):
            """Print no line end."""

    class InProcessEngine(Engine):
        """Run code cells one by one in a fresh IPython shell; stop at the first error, as papermill does."""

        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, **options):
            """Run the notebook that papermill manages."""
            # no history file, no profile: nothing of the person's own IPython may change what a notebook does
            shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}}),
                                     displayhook_class=RichHook, user_ns={"__name__": "__main__"})
            count = 0
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                if cell.cell_type == "code" and cell.source.strip():
                    count += 1
                    with capture_output() as captured:
                        result = shell.run_cell(cell.source, store_history=True)
                    cell.execution_count = count
                    cell.outputs = [new_output("stream", name=name, text=text) for name, text in
                                    (("stdout", captured.stdout), ("stderr", captured.stderr)) if text]
                    cell.outputs += [new_output("display_data", data=shown.data, metadata=shown.metadata)
                                     for shown in captured.outputs]
                    if error := result.error_before_exec or result.error_in_exec:
                        told = shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)
                        cell.outputs.append(new_output("error", ename=type(error).__name__, evalue=str(error),
                                                       traceback=told))
                        nb_man.cell_exception(cell, index, exception=error)
                        return
                nb_man.cell_complete(cell, index)

    return InProcessEngine


def run_notebook(source: Path, target: Path, parameters: dict[str, object]) -> None:
    """Run `source` with parameters and write the executed notebook to `target`.

    Raises `ParameterError` for a parameter that the notebook does not have, papermill's own error where a cell fails.
    """
    import nbformat
    import papermill
    from papermill.engines import papermill_engines

    known = papermill.inspect_notebook(str(source))
    if unknown := sorted(set(parameters) - set(known)):
        raise ParameterError(f"{source.name} has no parameter '{unknown[0]}'. {nearest(unknown[0], known)}")
    papermill_engines.register(ENGINE, build_engine())
    # papermill would write the notebook anew before and after every cell; once, at the end, is enough
    notebook = papermill.execute_notebook(str(source), None, parameters, engine_name=ENGINE, progress_bar=False)
    write_bytes(target, nbformat.writes(notebook).encode())


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, run the notebook, and tell a failure in one message."""
    from papermill.cli import _resolve_type
    from papermill.exceptions import PapermillExecutionError

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("-p", dest="parameters", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))
    options = parser.parse_args(arguments)
    try:
        run_notebook(options.source, options.target, {name: _resolve_type(value) for name, value in options.parameters})
    except UserError as error:
        print(f"kzties: {error}", file=sys.stderr)
        return 2
    except PapermillExecutionError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
