local 7 i32
i32.const 0
i32.load state +20
local.set 1
i32.const 0
i32.load state +24
local.set 2
i32.const 0
i32.load state +32
local.set 5
i32.const 0
i32.load state +48
local.set 4
block i32
  block i32
    block
      ;; 0x10000
      local.get 1
      local.get 2
      i32.lt_s
      local.set 6
      local.get 6
      if
        ;; 0x10008
        local.get 1
        i32.load16_u +2
        local.tee 7
        i32.const 24
        i32.shl
        i32.const 16
        i32.shr_s
        local.get 7
        i32.const 8
        i32.shr_u
        i32.or
        local.set 3
        i32.const 0
        local.get 3
        i32.store state +28
        br 1
      else
        ;; 0x1000c
        local.get 2
        local.set 3
        i32.const 0
        local.get 3
        i32.store state +28
        br 1
      end
      unreachable
    end
    ;; 0x10010
    local.get 4
    if
      local.get 5
      local.get 3
      i32.store8
    end
    i32.const 0
    i32.const 1
    i32.store state +4
    i32.const 0
    i32.const 0
    i32.store state +8
    i32.const 0
    i32.const 65560
    i32.store state +12
    i32.const 0
    i32.const 0
    i32.store state +16
    i32.const -1
    return
    unreachable
  end
  unreachable
end
unreachable
end
