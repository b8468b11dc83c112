"""From `brief.qmd` to one Markdown text and its metadata, for the embedded renderer.

Carries out the shortcodes that the brief uses (`include`, `var`, `meta`) and refuses every other Quarto feature by file
and line: what one renderer would show and the other would drop has no place in a brief with two renderers.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from kzties.errors import RenderError, nearest

DEEPEST_INCLUDE = 10
"""Fragments inside fragments: deeper than this is taken for a circle."""

DOCUMENT_KEYS = frozenset((
    "author-name", "bibliography", "csl", "description", "edition", "filters", "format", "kicker", "lang",
    "link-citations", "made-from", "nocite", "number-sections", "project", "rendered-with", "subtitle", "title", "toc",
    "toc-depth", "toc-title",
))
FORMAT_KEYS = {
    "html": frozenset(("theme", "minimal", "css", "embed-resources", "template")),
    "typst": frozenset(("papersize", "pdf-standard", "citeproc", "mainfont", "font-paths", "template-partials")),
}

_SHORTCODE = re.compile(r"\{\{<\s*(?P<name>[\w-]+)?\s*(?P<argument>.*?)\s*>\}\}")
_FENCE = re.compile(r"^\s*(?P<fence>`{3,}|~{3,})")
_REFUSED = (
    (re.compile(r"^\s*(?:`{3,}|~{3,})\s*\{\s*[a-z]"), "a code cell that would run"),
    (re.compile(r"`\{[a-z]+\}\s|`r\s"), "code in a sentence that would run"),
    (re.compile(r"\{=[a-z0-9]+\}"), "raw text for one format only"),
    (re.compile(r"\{[^{}]*\.(panel-[\w-]+|column-[\w-]+|aside|landscape|content-(?:visible|hidden)|cell|hidden)\b"),
     "a Quarto layout class"),
    (re.compile(r"\{[^{}]*\b(layout|layout-ncol|layout-nrow|when-format|unless-format|when-profile)\s*="),
     "a Quarto layout attribute"),
    (re.compile(r":::+\s*\{[^{}]*#(fig|tbl)-"), "a figure or table made of a div"),
    (re.compile(r"(?:^|[^\w\\])@(lst|eq|thm|lem|cor|prp|cnj|def|exm|exr|nte|tip|wrn|imp|cau)-\w"),
     "a cross-reference other than @fig-, @tbl- or @sec-"),
    (re.compile(r"\{#(lst|eq|thm|lem|cor|prp|cnj|def|exm|exr|nte|tip|wrn|imp|cau)-\w"),
     "an id that Quarto numbers, other than fig-, tbl- or sec-"),
)


@dataclass(frozen=True)
class Line:
    """One line of the expanded text, and the file and line that it comes from."""

    text: str
    path: Path
    number: int


@dataclass(frozen=True)
class Brief:
    """A brief ready for pandoc: its metadata, its lines, the options of its two formats and its folder."""

    metadata: Mapping[str, object]
    lines: tuple[Line, ...]
    formats: Mapping[str, Mapping[str, object]]
    filters: tuple[str, ...]
    folder: Path
    source: Path = field(compare=False)

    @property
    def text(self) -> str:
        """Return the Markdown that pandoc reads."""
        return "\n".join(line.text for line in self.lines) + "\n"

    def find_place(self, snippet: str) -> str:
        """Return `file, line n` of the first line that holds `snippet`; the source's name where none does."""
        for line in self.lines:
            if snippet in line.text:
                return f"{line.path}, line {line.number}"
        return str(self.source)


def read_brief(source: Path, overrides: Mapping[str, object] | None = None) -> Brief:
    """Read `source` with the `_quarto.yml` and `_variables.yml` beside it, includes and variables filled in.

    `overrides` replaces single metadata (the renderer's name). Raises `RenderError` with file and line for whatever is
    missing, or is a Quarto feature that the embedded renderer does not carry out.
    """
    project = source.with_name("_quarto.yml")
    metadata = _read_yaml(project) if project.is_file() else {}
    head, body = _split_front_matter(source)
    _check_keys(metadata, project)
    _check_keys(head, source)
    metadata = {**metadata, **head, **(overrides or {})}
    formats = metadata.pop("format", None) or {}
    filters = tuple(entry["path"] if isinstance(entry, dict) else entry
                    for entry in metadata.pop("filters", None) or [])
    metadata.pop("project", None)
    variables = read_variables(source)

    def fill(text: str, place: str) -> str:
        return _SHORTCODE.sub(lambda match: _look_up(match, variables, metadata, place), text)

    metadata = {key: fill(value, f"{source}, key '{key}'") if isinstance(value, str) else value
                for key, value in metadata.items()}
    lines = tuple(Line(fill(line.text, f"{line.path}, line {line.number}"), line.path, line.number)
                  for line in _expand_includes(body, (source,)))
    return Brief(metadata, lines, formats, filters, source.parent, source)


def read_variables(source: Path) -> dict[str, object]:
    """Return the variables of the `_variables.yml` beside `source`; none where there is no such file."""
    path = source.with_name("_variables.yml")
    return _read_yaml(path) if path.is_file() else {}


def _split_front_matter(source: Path) -> tuple[dict[str, object], list[Line]]:
    """Return the YAML between the first two `---` lines, and the numbered lines after it."""
    lines = _read_lines(source, "The brief")
    if not lines or lines[0].text.strip() != "---":
        return {}, lines
    for position, line in enumerate(lines[1:], start=1):
        if line.text.strip() in ("---", "..."):
            return _read_yaml(source, "\n".join(line.text for line in lines[1:position])), lines[position + 1:]
    raise RenderError(f"{source}, line 1: the metadata opened by `---` is never closed. Add a second `---` line.")


def _expand_includes(lines: list[Line], chain: tuple[Path, ...]) -> Iterator[Line]:
    """Yield the lines, each `{{< include file >}}` replaced by that file; its path is relative to the including one."""
    fence = ""
    for line in lines:
        place = f"{line.path}, line {line.number}"
        _check_line(line.text, place, inside_code=bool(fence))
        if mark := _FENCE.match(line.text):
            if not fence:
                fence = mark["fence"]
            elif mark["fence"].startswith(fence):
                fence = ""
        include = _SHORTCODE.search(line.text)
        if not include or include["name"] != "include":
            yield line
            continue
        if include.group() != line.text.strip():
            raise RenderError(f"{place}: an include must stand alone on its line.")
        path = line.path.parent / include["argument"].strip("\"'")
        if len(chain) > DEEPEST_INCLUDE or path.resolve() in {link.resolve() for link in chain}:
            raise RenderError(f"{place}: '{include['argument']}' includes itself, directly or through other files.")
        yield from _expand_includes(_read_lines(path, f"{place}: the included file"), (*chain, path))


def _check_line(text: str, place: str, inside_code: bool) -> None:
    """Raise `RenderError` where the line asks for what the embedded renderer does not carry out."""
    for shortcode in _SHORTCODE.finditer(text):
        name = shortcode["name"] or ""
        if name not in ("include", "var", "meta"):
            raise RenderError(f"{place}: the shortcode '{shortcode.group()}' is not one that the embedded renderer "
                              f"knows (include, var, meta). Use one of these, or render with Quarto.")
        if inside_code or "{" + shortcode.group() in text:
            raise RenderError(f"{place}: a shortcode in code or in triple braces. Write the characters escaped.")
    if "{{<" in _SHORTCODE.sub("", text):
        raise RenderError(f"{place}: a shortcode is opened by '{{{{<' and not closed on the same line.")
    if inside_code:
        return
    for pattern, what in _REFUSED:
        if found := pattern.search(text):
            raise RenderError(f"{place}: '{found.group().strip()}' is {what}, which the embedded renderer does not "
                              f"carry out. Remove it, or render with Quarto.")


def _look_up(shortcode: re.Match, variables: Mapping, metadata: Mapping, place: str) -> str:
    """Return what a `var` or `meta` shortcode stands for."""
    known, file = (variables, "_variables.yml") if shortcode["name"] == "var" else (metadata, "the metadata")
    value: object = known
    for part in shortcode["argument"].split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None or isinstance(value, Mapping | list):
        raise RenderError(f"{place}: '{shortcode.group()}' names nothing in {file}. "
                          f"{nearest(shortcode['argument'], _list_keys(known))}")
    return str(value)


def _list_keys(known: Mapping, prefix: str = "") -> Iterator[str]:
    """Yield every key that leads to a value, nested ones with dots.

    >>> list(_list_keys({"a": 1, "b": {"c": 2}}))
    ['a', 'b.c']
    """
    for key, value in known.items():
        if isinstance(value, Mapping):
            yield from _list_keys(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def _check_keys(metadata: Mapping[str, object], path: Path) -> None:
    """Raise `RenderError` for metadata that Quarto would act on and the embedded renderer would not."""
    for key in metadata:
        if key not in DOCUMENT_KEYS:
            raise RenderError(f"{path}, line {_find_key(path, key)}: the embedded renderer does not know the key "
                              f"'{key}'. {nearest(key, DOCUMENT_KEYS)}")
    for name, options in (metadata.get("format") or {}).items():
        for key in (name,) if name not in FORMAT_KEYS else set(options or {}) - FORMAT_KEYS[name]:
            raise RenderError(f"{path}, line {_find_key(path, key)}: the embedded renderer does not know '{key}' under "
                              f"'format'. {nearest(key, FORMAT_KEYS.get(name, FORMAT_KEYS))}")


def _find_key(path: Path, key: str) -> int:
    """Return the number of the first line that sets `key`."""
    sets = re.compile(rf"\s*{re.escape(key)}\s*:")
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if sets.match(line)), 1)


def _read_lines(path: Path, what: str) -> list[Line]:
    """Return the numbered lines of a UTF-8 file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RenderError(f"{what} {path} does not exist. Run `make brief` to build it, or mend the name.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RenderError(f"{what} {path} cannot be read: {error}.") from None
    return [Line(line.rstrip("\r"), path, number) for number, line in enumerate(text.rstrip("\n").split("\n"), start=1)]


def _read_yaml(path: Path, text: str | None = None) -> dict[str, object]:
    """Return a YAML mapping with plain values; dates stay as they are written."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8") if text is None else text, Loader=_PlainLoader)
    except yaml.YAMLError as error:
        raise RenderError(f"{path} is not valid YAML: {error}.") from None
    if content is not None and not isinstance(content, dict):
        raise RenderError(f"{path} must hold keys and values (`key: value`).")
    return content or {}


class _PlainLoader(yaml.SafeLoader):
    """Reads dates and numbers like `2026-03-06` and `7.50` as the text that they are, as a variable prints them."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rsplit(":", 1)[1] in ("bool", "null", "merge")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
