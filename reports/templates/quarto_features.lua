-- The few Quarto features that the brief uses, for plain pandoc: numbered figures, tables and sections, and references
-- to them. Shortcodes are expanded before pandoc reads the text; callouts are in brief.lua, which Quarto runs too.
-- What this cannot carry out is refused by name: `refused:` on stderr, which rendering.py turns into file and line.

local is_typst = FORMAT:match("typst") ~= nil
local WORDS = { fig = "Figure", tbl = "Table", sec = "Section" }

local numbers = {}   -- id -> number, in the order of the document
local anchors = {}   -- every id that a link may name

local function refuse(what, snippet)
  io.stderr:write("refused: " .. what .. "\t" .. snippet:gsub("%s+", " ") .. "\n")
end

local function is_callout(div)
  return div.classes:find_if(function(class) return class:match("^callout%-") ~= nil end) ~= nil
end

-- 1. One look at everything: nothing raw, since what one format would show and the other drop is not for a brief with
-- two; every link inside the brief leads somewhere; and the level that numbering starts from.
local function is_comment(text)
  return text:match("^%s*<!%-%-.*%-%->%s*$") ~= nil
end

local function check_all(doc)
  local base, links = 7, {}
  local function note(element)
    if element.identifier ~= "" then anchors[element.identifier] = true end
  end
  local function check_raw(raw)
    if not is_comment(raw.text) then refuse("raw " .. raw.format, raw.text) end
  end
  doc:walk { traverse = "topdown",
    RawBlock = check_raw, RawInline = check_raw,
    Math = function(math) refuse("mathematics between dollar signs", "$" .. math.text .. "$") end,
    Div = function(div)
      note(div)
      -- A heading in a callout is its title; it is still read for raw text and links, but not counted.
      if is_callout(div) then
        for _, block in ipairs(div.content) do
          if block.t == "Header" then block.level = 7 end
        end
        return div
      end
    end,
    Header = function(header)
      note(header)
      base = math.min(base, header.level)
    end,
    Span = note, Figure = note, Table = note, Image = note, CodeBlock = note, Code = note,
    Link = function(link)
      note(link)
      links[#links + 1] = link.target:match("^#(.+)$")
    end }
  for _, id in ipairs(links) do
    if not anchors[id] then refuse("a link to nothing", "#" .. id) end
  end
  return base
end

-- 2. Number in reading order.
local function number_all(doc, base)
  local counts, figures, tables = {}, 0, 0
  local numbering = doc.meta["number-sections"] and true or false
  return doc:walk { traverse = "topdown",
    Div = function(div) if is_callout(div) then return div, false end end,
    Header = function(header)
      local depth = header.level - base + 1
      if not numbering or header.classes:includes("unnumbered") then return nil, false end
      counts[depth] = (counts[depth] or 0) + 1
      for deeper = depth + 1, 7 do counts[deeper] = nil end
      local parts = {}
      for level = 1, depth do parts[level] = counts[level] or 0 end
      local number = table.concat(parts, ".")
      numbers[header.identifier] = number
      if is_typst then return nil, false end
      header.attributes.number = nil
      header.content:insert(1, pandoc.Space())
      header.content:insert(1, pandoc.Span({ pandoc.Str(number) }, pandoc.Attr("", { "header-section-number" })))
      return header, false
    end,
    Figure = function(figure)
      if figure.identifier:match("^fig%-") then
        figures = figures + 1
        numbers[figure.identifier] = tostring(figures)
      end
      return nil, false
    end,
    Table = function(block)
      if block.identifier:match("^tbl%-") then
        tables = tables + 1
        numbers[block.identifier] = tostring(tables)
      end
      return nil, false
    end }
end

-- 3. References: `@fig-partners` becomes "Figure 1", a link.
local function kind_of(id)
  return WORDS[id:match("^(%a+)%-") or ""]
end

local function reference(cite)
  local first = cite.citations[1]
  local word = kind_of(first.id)
  if not word then return nil end
  if #cite.citations > 1 or #first.prefix > 0 or #first.suffix > 0 then
    refuse("more than one reference in one pair of brackets", "@" .. first.id)
    return nil
  end
  local number = numbers[first.id]
  if not number then
    refuse("a reference to nothing", "@" .. first.id)
    return nil
  end
  local bare = first.mode == "SuppressAuthor"
  if is_typst then
    local supplement = bare and "none" or "[" .. word .. "]"
    return pandoc.RawInline("typst", "#ref(<" .. first.id .. ">, supplement: " .. supplement .. ")")
  end
  local text = bare and number or word .. "\u{a0}" .. number
  return pandoc.Link({ pandoc.Str(text) }, "#" .. first.id, "", pandoc.Attr("", { "quarto-xref" }))
end

-- 4. Figures and tables with their captions, numbers and alt texts.
local function caption_blocks(caption, id)
  local inlines = pandoc.utils.blocks_to_inlines(caption.long)
  local word = kind_of(id)
  if not is_typst and word and numbers[id] then
    inlines:insert(1, pandoc.Space())
    inlines:insert(1, pandoc.Str(word .. "\u{a0}" .. numbers[id] .. ":"))
  end
  return inlines
end

local function html(text)
  return pandoc.RawBlock("html", text)
end

local function typst_string(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function set_alt(image, id)
  local alt = image.attributes["fig-alt"] or image.attributes.alt or ""
  if alt == "" then refuse("a figure without fig-alt", "#" .. id) end
  if is_typst then
    local call = "#image(" .. typst_string(image.src) .. ", alt: " .. typst_string(alt) .. ")"
    return pandoc.RawInline("typst", call)
  end
  image.attributes["fig-alt"] = nil
  image.attributes.alt = alt
  return image
end

local function figure(block)
  block = block:walk { Image = function(image) return set_alt(image, block.identifier) end }
  local inlines = caption_blocks(block.caption, block.identifier)
  if is_typst then return block end
  local id = block.identifier
  return {
    html('<figure id="' .. id .. '">'), pandoc.Div(block.content),
    html('<figcaption id="' .. id .. '-caption">'), pandoc.Plain(inlines), html("</figcaption></figure>"),
  }
end

local function table_with_caption(block)
  if is_typst or block.identifier == "" then return nil end
  local id = block.identifier
  local inlines = caption_blocks(block.caption, id)
  block.identifier = ""
  block.caption = pandoc.Caption()
  return {
    html('<figure id="' .. id .. '">'),
    html('<figcaption id="' .. id .. '-caption">'), pandoc.Plain(inlines), html("</figcaption>"),
    block, html("</figure>"),
  }
end

local function drop_comment(raw)
  if is_comment(raw.text) then return {} end
end

function Pandoc(doc)
  doc = number_all(doc, check_all(doc))
  return doc:walk { Cite = reference, Figure = figure, Table = table_with_caption, RawBlock = drop_comment,
    RawInline = drop_comment }
end
