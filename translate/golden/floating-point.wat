local 1 i32
local 1 f64
local 1 i64
local 1 i32
local 2 f64
local 1 i64
local 1 f32
local 4 i32
i32.const 0
i32.load state +20
local.set 1
i32.const 0
i64.load state +64
local.set 3
i32.const 0
f64.load state +80
local.set 2
i32.const 20000
local.set 4
block i32
  block i32
    loop
      ;; 0x10000
      local.get 1
      i64.load +8
      f64.reinterpret_i64
      local.set 5
      i32.const 0
      f64.load state +88
      local.set 6
      local.get 5
      local.get 6
      f64.mul
      local.get 2
      f64.add
      local.set 6
      local.get 6
      local.set 2
      local.get 3
      i64.const 1
      i64.sub
      local.set 7
      local.get 7
      local.set 3
      local.get 6
      f32.demote_f64
      local.set 8
      i32.const 0
      local.get 8
      f32.store state +88
      local.get 6
      local.get 6
      f64.eq
      i32.eqz
      if
        i32.const 0
        local.get 3
        i64.store state +64
        i32.const 0
        local.get 2
        f64.store state +80
        i32.const 4
        i32.const 65544
        call 0
        unreachable
      end
      local.get 7
      i64.const 0
      i64.eq
      local.set 9
      local.get 9
      if
        i32.const 0
        local.get 3
        i64.store state +64
        i32.const 0
        local.get 2
        f64.store state +80
        i32.const 65552
        br 2
      else
        local.get 4
        i32.const 1
        i32.sub
        local.tee 4
        i32.eqz
        if
          i32.const 0
          local.get 3
          i64.store state +64
          i32.const 0
          local.get 2
          f64.store state +80
          i32.const 65536
          br 4
        end
        br 1
      end
      unreachable
    end
    unreachable
    unreachable
  end
  local.set 10
  i32.const 0
  i32.load state
  if
    local.get 10
    i32.const 1
    i32.shr_u
    i32.const 4095
    i32.and
    i32.const 3
    i32.shl
    local.set 11
    local.get 11
    i32.load state +32768
    local.get 10
    i32.eq
    if
      local.get 11
      i32.load state +32772
      local.set 12
      local.get 0
      local.get 12
      return_call_indirect type 0 table 0
    end
  end
  local.get 10
  return
end
local.set 10
i32.const 0
i32.const 2
i32.store state +4
i32.const 0
i32.const 0
i32.store state +16
i32.const 0
local.get 10
i32.store state +12
i32.const -1
return
end
