local 8 i32
i32.const 0
i32.load state +20
local.set 1
i32.const 0
i32.load state +40
local.set 2
block i32
  block i32
    block
      ;; 0x10000
      local.get 1
      i32.const 2
      i32.lt_s
      local.set 5
      local.get 5
      if
        br 1
      else
        ;; 0x10008
        local.get 1
        i32.const -1
        i32.add
        local.set 1
        i32.const 65548
        local.set 2
        i32.const 0
        local.get 1
        i32.store state +20
        i32.const 0
        local.get 2
        i32.store state +40
        local.get 0
        i32.const 0
        i32.load state
        i32.ge_u
        if
          i32.const 65536
          return
        end
        i32.const 0
        i32.load state +32768
        i32.const 65536
        i32.eq
        if i32
          i32.const 0
          i32.load state +32772
          local.set 6
          local.get 0
          i32.const 4
          i32.add
          local.get 6
          call_indirect type 0 table 0
        else
          i32.const 65536
          return
        end
        local.tee 6
        i32.const 65548
        i32.ne
        if
          local.get 6
          return
        end
        i32.const 0
        i32.load state +20
        local.set 1
        i32.const 0
        i32.load state +36
        local.set 4
        ;; 0x1000c
        local.get 1
        local.set 3
        i32.const 65552
        local.set 2
        i32.const 0
        local.get 3
        i32.store state +24
        i32.const 0
        local.get 2
        i32.store state +40
        local.get 4
        local.set 7
        local.get 0
        i32.const 0
        i32.load state
        i32.ge_u
        if
          local.get 7
          return
        end
        local.get 7
        i32.const 1
        i32.shr_u
        i32.const 4095
        i32.and
        i32.const 3
        i32.shl
        local.set 8
        local.get 8
        i32.load state +32768
        local.get 7
        i32.eq
        if i32
          local.get 8
          i32.load state +32772
          local.set 6
          local.get 0
          i32.const 4
          i32.add
          local.get 6
          call_indirect type 0 table 0
        else
          local.get 7
          return
        end
        local.tee 6
        i32.const 65552
        i32.ne
        if
          local.get 6
          return
        end
        i32.const 0
        i32.load state +20
        local.set 1
        i32.const 0
        i32.load state +24
        local.set 3
        i32.const 0
        i32.load state +40
        local.set 2
        ;; 0x10010
        local.get 1
        local.get 3
        i32.add
        local.set 1
        i32.const 0
        local.get 1
        i32.store state +20
        br 1
      end
      unreachable
    end
    ;; 0x10020
    local.get 2
    local.set 7
    local.get 7
    return
    unreachable
  end
  unreachable
end
unreachable
end
