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

-- In print a table is as wide as the text. Each column has room for its longest word; what is left goes first to the
-- columns that lack least, so that days and numbers stay on one line. On screen the browser decides.
-- A short table stays on one page.
local LINE, PADDING, WIDEST, LONGEST_WORD, MOST_ROWS_TOGETHER = 112, 2, 60, 32, 15

local function measure(cell, column, is_head)
  local text = pandoc.utils.stringify(cell.contents)
  if not is_head then
    column.wish = math.max(column.wish, math.min(utf8.len(text) or #text, WIDEST) + PADDING)
  end
  for word in text:gmatch("%S+") do
    column.least = math.max(column.least, math.min(utf8.len(word) or #word, LONGEST_WORD) + PADDING)
  end
end

local function order(columns)
  table.sort(columns, function(one, other)
    return one.lack < other.lack or (one.lack == other.lack and one.place < other.place)
  end)
end

local function share_line(grid)
  local columns, left, total = {}, LINE, 0
  for position in ipairs(grid.colspecs) do columns[position] = { least = PADDING + 2, wish = 0, place = position } end
  local function measure_rows(rows, is_head)
    for _, row in ipairs(rows) do
      for position, cell in ipairs(row.cells) do measure(cell, columns[position], is_head) end
    end
  end
  measure_rows(grid.head.rows, true)
  for _, body in ipairs(grid.bodies) do measure_rows(body.body) end
  for _, column in ipairs(columns) do
    column.lack = math.max(0, column.wish - column.least)
    left = left - column.least
  end
  order(columns)
  for position, column in ipairs(columns) do
    local given = math.min(column.lack, math.max(0, left) / (#columns - position + 1))
    column.width, left = column.least + given, left - given
    total = total + column.width
  end
  for _, column in ipairs(columns) do
    local align = grid.colspecs[column.place][1]
    grid.colspecs[column.place] = { align == "AlignDefault" and "AlignLeft" or align, column.width / total }
  end
end

function Table(table)
  if not is_typst then
    table.colspecs = table.colspecs:map(function(column) return { column[1], nil } end)
    return table
  end
  if not table.attributes["tbl-colwidths"] then share_line(table) end
  local rows = 0
  for _, body in ipairs(table.bodies) do rows = rows + #body.body end
  if rows > MOST_ROWS_TOGETHER then return table end
  return { raw("#together["), table, raw("]") }
end
