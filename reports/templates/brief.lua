-- What the brief's own Markdown means in each format. Both renderers run this filter first (in Quarto: `at: pre-ast`),
-- so that callouts, languages and evidence come out alike; plain pandoc features only.

local is_typst = FORMAT:match("typst") ~= nil

local NOTICES = { note = "Note", tip = "Tip", warning = "Warning", caution = "Caution", important = "Important" }

-- Classes of a div that the Typst template sets by a function of the same name.
local TYPST_BLOCKS = { findings = true, evidence = true, sourceline = true, ["evidence-list"] = true, notice = true,
  standfirst = true }

local function typst_string(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function raw(text)
  return pandoc.RawBlock("typst", text)
end

-- A callout becomes a labelled note; its heading, if it has one, becomes the title and no entry in the contents.
local function notice(div)
  for kind, word in pairs(NOTICES) do
    if div.classes:includes("callout-" .. kind) then
      local title = pandoc.Inlines({ pandoc.Str(div.attributes.title or word) })
      if div.content[1] and div.content[1].t == "Header" then
        title = div.content:remove(1).content
      end
      div.content:insert(1, pandoc.Para({ pandoc.Strong(title) }))
      local label = pandoc.utils.stringify(title)
      local attributes = is_typst and {} or { { "role", "note" }, { "aria-label", label } }
      return pandoc.Div(div.content, pandoc.Attr(div.identifier, { "notice", "notice-" .. kind }, attributes))
    end
  end
  return div
end

function Div(div)
  div = notice(div)
  if not is_typst then return div end
  for _, class in ipairs(div.classes) do
    if TYPST_BLOCKS[class] then
      div.content:insert(1, raw("#" .. class .. "["))
      div.content:insert(raw("]"))
      break
    end
  end
  return div
end

-- Typst would lose the language of a phrase, and a screen reader with it.
function Span(span)
  if not is_typst then return nil end
  local inlines = span.content
  if span.attributes.lang then
    local tag = span.attributes.lang:match("^%a+")
    inlines:insert(1, pandoc.RawInline("typst", "#text(lang: " .. typst_string(tag) .. ")["))
    inlines:insert(pandoc.RawInline("typst", "]"))
    span.attributes.lang = nil
    span.content = inlines
    return span
  end
end

-- Typst would set `...`, `--` and `-?` in a quoted text as other characters: these words go as strings, to the letter.
function Str(str)
  if is_typst and (str.text:find("...", 1, true) or str.text:find("%-[-?]")) then
    return pandoc.RawInline("typst", "#" .. typst_string(str.text) .. ";")
  end
end

-- `## Sources {.annex}` opens the annexes: a new page in print.
function Header(header)
  if is_typst and header.classes:includes("annex") then
    return { raw("#pagebreak(weak: true)"), header }
  end
end

-- Inside the page a drawing takes the page's font, and its marks can be links.
function Image(image)
  if not is_typst and image.src:match("%.svg$") then
    image.classes:insert("inline-svg")
    return image
  end
end

-- In print a table is as wide as the text, its columns as wide as their words ask for; on screen the browser knows best.
local WIDEST, NARROWEST = 46, 5

local function measure(cell)
  local longest, words = 0, 0
  for line in (pandoc.utils.stringify(cell.contents) .. "\n"):gmatch("(.-)\n") do
    longest = math.max(longest, utf8.len(line) or #line)
    for word in line:gmatch("%S+") do words = math.max(words, utf8.len(word) or #word) end
  end
  return math.max(math.min(longest, WIDEST), words, NARROWEST)
end

function Table(table)
  if not is_typst then
    table.colspecs = table.colspecs:map(function(column) return { column[1], nil } end)
    return table
  end
  if table.attributes["tbl-colwidths"] then return nil end
  local widths, total = {}, 0
  local function widen(rows)
    for _, row in ipairs(rows) do
      for position, cell in ipairs(row.cells) do
        widths[position] = math.max(widths[position] or 0, measure(cell) + 2)
      end
    end
  end
  widen(table.head.rows)
  for _, body in ipairs(table.bodies) do widen(body.body) end
  for _, width in ipairs(widths) do total = total + width end
  for position, column in ipairs(table.colspecs) do
    local align = column[1] == "AlignDefault" and "AlignLeft" or column[1]
    table.colspecs[position] = { align, (widths[position] or NARROWEST) / math.max(total, 1) }
  end
  return table
end
