"""Texts that would do something if a renderer took them for markup; each must show as it stands."""

HOSTILE = (
    # HTML and scripts
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "</p></blockquote></div><h1>x</h1>",
    "<a href='javascript:alert(1)'>x</a>", "<iframe src=//evil.example></iframe>", "<style>*{display:none}</style>",
    "<!-- hidden -->", "<![CDATA[x]]>", "<?php echo 1 ?>", "&lt;b&gt; &amp; &nbsp; &#x41;", "&#60;script&#62;", "<b>bold</b>",
    "\"><script>alert(document.domain)</script>", "' onmouseover='alert(1)", "<math><mi xlink:href=\"javascript:alert(1)\">",
    "<meta http-equiv=refresh content=0;url=//x.example>", "<base href=//x.example>", "{{constructor.constructor('alert(1)')()}}",
    # Markdown
    "# Heading", "Title\n=====", "- item", "* item", "+ item", "1. item", "(a) item", "i. item", "> quote", "    code", "\tcode",
    "```{python}\nprint(1)\n```", "`code`", "``` {=html}\n<b>x</b>\n```", "`<b>`{=html}", "*em* **strong** _em_ __strong__",
    "~~struck~~ H~2~O x^2^", "[link](javascript:alert(1))", "![image](http://x.example/x.png)", "[text]{.class #id style=color:red}",
    "<http://x.example>", "http://x.example/?a=b&c=d", "www.x.example", "a@x.example", "[^1]", "[^1]: note", "^[inline note]",
    "[ref]: http://x.example", "| a | b |\n|---|---|\n| 1 | 2 |", "::: {.callout-note}\nx\n:::", ":::", "---", "***", "* * *",
    "Term\n:   definition", "\\newpage", "trailing backslash \\", "line one\\\nline two", "Table: caption", ": caption {#tbl-x}",
    # Quarto
    "{{< include secret.md >}}", "{{{< include x >}}}", "{{< var title >}}", "{{< meta title >}}", "{{< pagebreak >}}",
    "{{< env HOME >}}", "@fig-with-whom", "[@tbl-x; @source-000]", "@source-000", "-@sec-method", "{#fig-x}", "{.hidden}",
    ":smile:", "@me", "(@) example", "$x^2$ and $$y$$", "\\(x\\) \\[y\\]",
    # YAML
    "---\ntitle: x\n---", "key: value", "!!python/object/apply:os.system ['id']", "&anchor *alias", "%YAML 1.2",
    # Typst
    "#import \"x.typ\"", "#read(\"/etc/passwd\")", "#{panic()}", "= Heading", "<label> @ref", "$ sum_(i=1) $", "/ term: x",
    "// comment", "/* comment */", "#link(\"javascript:alert(1)\")[x]", "]#panic()[", "~ --- -- ... -?", "\\u{41}", "a \\\\ b",
    "https://x.example//comment", "\"double\" 'single' ‘curly’ “curly”", "*star* _line_ `tick`",
    # LaTeX
    "\\input{/etc/passwd}", "\\textbf{x}", "% comment", "$$\\immediate\\write18{id}$$", "\\begin{verbatim}", "100 % & 5 # _ ^ ~ { }",
    # Spreadsheets
    "=1+1", "=HYPERLINK(\"http://x.example\")", "+1", "-1", "@SUM(A1)", "|cmd",
    # Smartening
    "...", "--", "---x", "\"", "'", "it's", "<<x>>", "(c) (r) (tm)", "->", "=>", "10x20", "fi fl ffi", "1/2",
    # Unseen characters
    "\u202eevil\u202c", "\u2066a\u2069", "a\u200bb", "\ufeffmark", "a\x00b", "a\x1b[31mred", "\x08\x7f\x85", "a\u2028b\u2029c",
    "zero\u200djoiner", "soft\u00adhyphen", "\ufffe\uffff\ufdd0", "\ud800", "no\u00a0break", "a\u0301\u0489\u20dd",
    # Letters beyond the typeface
    "中文", "العربية", "עברית", "😀 👩‍👩‍👧", "ქართული", "\ue000", "𝒳", "Ṽǖẍ",
    # Languages of the corpus
    "Қазақстан Республикасы: «әғқңөұүһі»", "Вучић и Đoković", "Straße", "İstanbul’da ığdır", "żółć", "oʻzbek", "ґєїі", "áǵıńóúý",
    "№ 5 – 10 € ₸ ₽ £ ¥ ≈ ≤ ≥ ± × ÷ − °C ½ ² ‰ … · • → ←",
)
