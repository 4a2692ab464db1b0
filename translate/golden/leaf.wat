local 3 i32
i32.const 0
i32.load state +20
local.set 1
i32.const 0
i32.load state +40
local.set 2
block i32
  block i32
    ;; 0x10000
    local.get 1
    i32.const 5
    i32.mul
    local.set 1
    i32.const 0
    local.get 1
    i32.store state +20
    local.get 2
    local.set 3
    local.get 3
    return
    unreachable
  end
  unreachable
end
unreachable
end
