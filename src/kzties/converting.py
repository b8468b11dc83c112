"""Turn Vega-Lite into SVG, in a process of its own: it takes a second to wake, while the charts are still being drawn.

Started as a script it answers each specification, a line of JSON, with a line of JSON that holds the SVG.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

WAKING = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "data": {"values": [{"text": "a"}]},
          "mark": "text", "encoding": {"text": {"field": "text"}}}


def start_converter(fonts: Path) -> subprocess.Popen:
    """Start the process with the fonts in a folder and return at once; it ends when its input is closed."""
    return subprocess.Popen([sys.executable, "-P", str(Path(__file__).resolve()), str(fonts)], encoding="utf-8",
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def convert_specs(specs: Iterable[dict], converter: subprocess.Popen) -> Iterator[str]:
    """Yield the SVG of each specification, in order; the next one is being made while the caller uses the last."""
    waiting = 0
    with converter:
        for spec in specs:
            print(json.dumps(spec), file=converter.stdin, flush=True)
            if waiting:
                yield _read_answer(converter)
            waiting = 1
        if waiting:
            yield _read_answer(converter)


def _read_answer(converter: subprocess.Popen) -> str:
    """Return the next SVG, or raise `RuntimeError` where the converter has stopped."""
    line = converter.stdout.readline()
    if not line:
        raise RuntimeError(f"The chart converter stopped with exit code {converter.wait()}; its message stands above.")
    return json.loads(line)


def answer_specs(fonts: str) -> None:
    """Answer each specification on standard input until it is closed."""
    import vl_convert

    vl_convert.register_font_directory(fonts)
    vl_convert.vegalite_to_svg(WAKING)
    for line in sys.stdin:
        print(json.dumps(vl_convert.vegalite_to_svg(json.loads(line))), flush=True)


if __name__ == "__main__":
    answer_specs(sys.argv[1])
