-- Closures, objects with metatables, coroutines and garbage. Argument: percent of the full work.
local rounds = math.max(1, math.floor(2200 * tonumber(arg[1]) / 100))

local Vector = {}
Vector.__index = Vector
Vector.__add = function(a, b) return setmetatable({ x = a.x + b.x, y = a.y + b.y }, Vector) end
function Vector:dot(other) return self.x * other.x + self.y * other.y end

local function counter(step)
  local n = 0
  return function()
    n = n + step
    return n
  end
end

local function compose(f, g)
  return function(x) return f(g(x)) end
end

local sum = 0
for r = 1, rounds do
  local count = counter(r % 7 + 1)
  local f = function(x) return x + 1 end
  for _ = 1, 6 do f = compose(f, function(x) return x + count() end) end
  local v = setmetatable({ x = 0, y = 1 }, Vector)
  for i = 1, 100 do v = v + setmetatable({ x = i, y = f(i) % 13 }, Vector) end
  local numbers = coroutine.wrap(function()
    for i = 1, 100 do coroutine.yield(i * i % 17) end
    return 0
  end)
  for n in numbers do
    if n == 0 then break end
    sum = sum + n
  end
  sum = (sum * 31 + v:dot(v)) % 1000000007
end
print(sum)
