-- Recursion and calls: Fibonacci, Ackermann, Takeuchi. Argument: percent of the full work.
local rounds = math.max(1, math.floor(1500 * tonumber(arg[1]) / 100))

local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

local function ackermann(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ackermann(m - 1, 1) end
  return ackermann(m - 1, ackermann(m, n - 1))
end

local function takeuchi(x, y, z)
  if y >= x then return z end
  return takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y))
end

local sum = 0
for r = 1, rounds do
  sum = (sum * 31 + fib(15 + r % 3) + ackermann(2, 8 + r % 5) + takeuchi(8, 4, r % 3)) % 1000000007
end
print(sum)
