-- Arrays and hashes: sorting with and without a comparison function, counting, inserting. Argument: percent of the full work.
local rounds = math.max(1, math.floor(300 * tonumber(arg[1]) / 100))

local sum = 0
for r = 1, rounds do
  local numbers, counts, seed = {}, {}, r
  for i = 1, 400 do
    seed = (seed * 1664525 + 1013904223) % 4294967296
    numbers[i] = seed >> 8
    local key = "k" .. (seed >> 24)
    counts[key] = (counts[key] or 0) + 1
  end
  table.sort(numbers)
  sum = (sum * 31 + numbers[200]) % 1000000007
  table.sort(numbers, function(a, b) return a % 1000 > b % 1000 or (a % 1000 == b % 1000 and a < b) end)
  sum = (sum * 31 + numbers[200]) % 1000000007
  for i = 0, 255 do
    sum = sum + (counts["k" .. i] or 0) * i
  end
  local list = {}
  for i = 1, 100 do table.insert(list, 1 + i // 2, numbers[i]) end
  sum = (sum + table.remove(list, 50)) % 1000000007
end
print(sum)
