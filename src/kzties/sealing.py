"""The finished page, whichever renderer made it: drawings that read well, and a policy that lets nothing in or out."""

import hashlib
import re
from base64 import b64encode

_DRAWING = re.compile(r"(<svg\b[^<>]*>)(.*?)(</svg>)", re.DOTALL)
_FONT_FACE = re.compile(r"<style>\s*(?:@font-face\s*\{[^{}]*\}\s*)+</style>")
_NAMES = re.compile(r"<(title|desc)>[^<]*</\1>")
_INNER_ROLES = re.compile(r'\s(?:role|aria-[a-z]+|alt)="[^"]*"')
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_STYLE_ATTRIBUTE = re.compile(r'\sstyle="([^"]*)"')
_CLASS_ATTRIBUTE = re.compile(r'\sclass="([^"]*)"')
_STYLE_ELEMENT = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_SCRIPT_ELEMENT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def seal_page(page: str) -> str:
    """Return the HTML page with tidy drawings under a strict content security policy; sealing twice changes nothing.

    Styles in attributes move to a style sheet, since the policy allows styles and scripts only by the hash of their
    text; nothing may be loaded, framed, sent or navigated to as a base.
    """
    page = re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>\n?", "", page)
    page = _move_styles(tidy_drawings(page))
    styles = _list_hashes(_STYLE_ELEMENT.findall(page))
    scripts = _list_hashes(_SCRIPT_ELEMENT.findall(page))
    policy = (f"default-src 'none'; img-src data:; font-src data:; style-src {styles}; script-src {scripts}; "
              f"base-uri 'none'; form-action 'none'")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return re.sub(r"(<meta charset=\"?utf-8\"? ?/?>)", lambda found: f"{found[0]}\n{meta}", page, count=1)


def _list_hashes(texts: list[str]) -> str:
    """Return the sources of a policy that allows exactly these texts."""
    hashes = {b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts}
    return " ".join(f"'sha256-{digest}'" for digest in sorted(hashes)) or "'none'"


def _move_styles(page: str) -> str:
    """Return the page with each distinct `style` attribute as a class of a style sheet in its head."""
    classes: dict[str, str] = {}

    def move(tag: re.Match) -> str:
        text = tag[0]
        style = _STYLE_ATTRIBUTE.search(text)
        if not style:
            return text
        name = classes.setdefault(style[1], f"s{len(classes) + 1}")
        text = text.replace(style[0], "", 1)
        if named := _CLASS_ATTRIBUTE.search(text):
            return text.replace(named[0], f' class="{named[1]} {name}"', 1)
        return re.sub(r"^<([\w:-]+)", rf'<\1 class="{name}"', text)

    page = _TAG.sub(move, page)
    if not classes:
        return page
    sheet = "".join(f".{name}{{{style.replace('&quot;', chr(34))}}}\n" for style, name in classes.items())
    return page.replace("</head>", f"<style>\n{sheet}</style>\n</head>", 1)


def tidy_drawings(page: str) -> str:
    """Return the page with each drawing as one image with one text, in the page's own typeface.

    A chart file has to stand alone and so carries a typeface, a title and a role for each of its parts; inside the page
    they are a hundred kilobytes, a tooltip over everything, and parts that a screen reader would announce in vain.
    Where marks are links, the drawing is a group, so that the links stay within reach.
    """
    def tidy(drawing: re.Match) -> str:
        opening = re.sub(r'\salt="[^"]*"', "", drawing[1])
        inner = _NAMES.sub("", _FONT_FACE.sub("", drawing[2]))
        inner = _TAG.sub(lambda tag: _INNER_ROLES.sub("", tag[0]), inner)
        if "<a " in inner:
            opening = opening.replace('role="img"', 'role="group"')
        return opening + inner + drawing[3]

    return _DRAWING.sub(tidy, page)
