-- Building, formatting, matching and substituting strings. Argument: percent of the full work.
local rounds = math.max(1, math.floor(1300 * tonumber(arg[1]) / 100))

local function words(seed)
  local list = {}
  for i = 1, 100 do
    seed = (seed * 1103515245 + 12345) % 2147483648
    list[i] = string.format("%s%d", string.char(97 + seed % 26, 97 + (seed >> 8) % 26, 97 + (seed >> 16) % 26), seed % 1000)
  end
  return table.concat(list, " ")
end

local sum = 0
for r = 1, rounds do
  local text = words(r)
  local swapped = text:gsub("(%a+)(%d+)", "%2%1"):upper():reverse()
  for key, number in text:gmatch("(%a+)(%d+)") do
    sum = (sum * 31 + #key + tonumber(number)) % 1000000007
  end
  local _, spaces = swapped:gsub(" ", " ")
  sum = (sum + spaces + swapped:byte(1 + r % #swapped) + (swapped:find("1A", 1, true) or 0)) % 1000000007
end
print(sum)
