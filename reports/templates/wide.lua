-- Wide things scroll in a region of their own, which the keyboard reaches. Both renderers run this filter last (in
-- Quarto: `at: post-render`), when captions stand.

if FORMAT:match("typst") then return {} end

local tables, drawings = 0, 0

local function scroll(block, class, label)
  -- A list, not a map: the order of a map differs at every run.
  local attributes = { { "role", "region" }, { "tabindex", "0" }, { "aria-label", label } }
  return pandoc.Div({ block }, pandoc.Attr("", { "scroll", class }, attributes))
end

local function drawing(block)
  if #block.content == 1 and block.content[1].t == "Image" then
    drawings = drawings + 1
    return scroll(block, "drawing", "Drawing " .. drawings), false
  end
end

return { {
  traverse = "topdown",
  Plain = drawing,
  Para = drawing,
  Table = function(table)
    tables = tables + 1
    return scroll(table, "rows", "Rows of table " .. tables), false
  end,
} }
