local 15 i32
i32.const 0
i32.load state +20
local.set 1
i32.const 0
i32.load state +24
local.set 3
i32.const 0
i32.load state +28
local.set 4
i32.const 20000
local.set 9
block i32
  block i32
    loop
      ;; 0x10000
      local.get 1
      i32.load
      local.set 10
      local.get 1
      i32.const 4
      i32.add
      local.set 1
      local.get 10
      local.set 2
      ;; 0x10004
      local.get 3
      local.get 10
      i32.store
      local.get 3
      i32.const 4
      i32.add
      local.set 3
      local.get 4
      i32.const -1
      i32.add
      local.set 10
      local.get 10
      local.get 4
      local.set 11
      local.set 4
      local.get 11
      i32.const 1
      i32.eq
      local.set 5
      local.get 10
      i32.const 0
      i32.lt_s
      local.set 6
      i32.const 1
      local.get 11
      i32.le_u
      local.set 7
      local.get 11
      i32.const 1
      i32.xor
      local.get 11
      local.get 11
      i32.const 1
      i32.sub
      i32.xor
      i32.and
      i32.const 31
      i32.shr_u
      local.set 8
      local.get 11
      i32.const 1
      i32.ne
      local.set 12
      local.get 12
      if
        local.get 9
        i32.const 1
        i32.sub
        local.tee 9
        i32.eqz
        if
          i32.const 0
          local.get 1
          i32.store state +20
          i32.const 0
          local.get 3
          i32.store state +24
          i32.const 0
          local.get 4
          i32.store state +28
          i32.const 0
          local.get 2
          i32.store state +32
          i32.const 0
          local.get 6
          i32.store state +44
          i32.const 0
          local.get 5
          i32.store state +48
          i32.const 0
          local.get 7
          i32.store state +52
          i32.const 0
          local.get 8
          i32.store state +56
          i32.const 65536
          br 4
        end
        br 1
      else
        i32.const 0
        local.get 1
        i32.store state +20
        i32.const 0
        local.get 3
        i32.store state +24
        i32.const 0
        local.get 4
        i32.store state +28
        i32.const 0
        local.get 2
        i32.store state +32
        i32.const 0
        local.get 6
        i32.store state +44
        i32.const 0
        local.get 5
        i32.store state +48
        i32.const 0
        local.get 7
        i32.store state +52
        i32.const 0
        local.get 8
        i32.store state +56
        i32.const 65552
        br 2
      end
      unreachable
    end
    unreachable
    unreachable
  end
  local.set 13
  i32.const 0
  i32.load state
  if
    local.get 13
    i32.const 1
    i32.shr_u
    i32.const 4095
    i32.and
    i32.const 3
    i32.shl
    local.set 14
    local.get 14
    i32.load state +32768
    local.get 13
    i32.eq
    if
      local.get 14
      i32.load state +32772
      local.set 15
      local.get 0
      local.get 15
      return_call_indirect type 0 table 0
    end
  end
  local.get 13
  return
end
local.set 13
i32.const 0
i32.const 2
i32.store state +4
i32.const 0
i32.const 0
i32.store state +16
i32.const 0
local.get 13
i32.store state +12
i32.const -1
return
end
