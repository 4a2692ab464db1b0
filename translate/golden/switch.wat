local 7 i32
i32.const 0
i32.load state +20
local.set 1
i32.const 0
i32.load state +24
local.set 2
i32.const 0
i32.load state +28
local.set 3
i32.const 20000
local.set 4
block i32
  block i32
    loop
      block
        ;; 0x10000
        local.get 1
        i32.load8_u
        local.set 5
        local.get 1
        i32.const 1
        i32.add
        local.set 1
        local.get 5
        i32.const 3
        i32.and
        local.set 5
        local.get 5
        local.set 6
        block
          block
            block
              block
                block
                  local.get 6
                  br_table 0 1 2 3 4
                end
                br 4
              end
              ;; 0x10020
              local.get 2
              i64.extend_i32_u
              local.get 2
              i64.extend_i32_u
              i64.mul
              i64.const 32
              i64.shr_u
              i32.wrap_i64
              local.set 3
              local.get 4
              i32.const 1
              i32.sub
              local.tee 4
              i32.eqz
              if
                i32.const 0
                local.get 1
                i32.store state +20
                i32.const 0
                local.get 2
                i32.store state +24
                i32.const 0
                local.get 3
                i32.store state +28
                i32.const 65536
                br 7
              end
              br 4
            end
            br 2
          end
          ;; 0x10030
          i32.const 0
          local.get 1
          i32.store state +20
          i32.const 0
          local.get 2
          i32.store state +24
          i32.const 0
          local.get 3
          i32.store state +28
          i32.const 0
          i32.const 17
          i32.store state +4
          i32.const 0
          i32.const 3
          i32.store state +8
          i32.const 0
          i32.const 65584
          i32.store state +12
          i32.const 0
          i32.const 0
          i32.store state +16
          i32.const -1
          return
        end
        unreachable
      end
      ;; 0x10010
      local.get 2
      local.get 3
      i32.const 0
      i32.const 0
      call 2
      local.set 2
      local.get 4
      i32.const 1
      i32.sub
      local.tee 4
      i32.eqz
      if
        i32.const 0
        local.get 1
        i32.store state +20
        i32.const 0
        local.get 2
        i32.store state +24
        i32.const 0
        local.get 3
        i32.store state +28
        i32.const 65536
        br 3
      end
      br 0
    end
    unreachable
    unreachable
  end
  unreachable
end
local.set 7
i32.const 0
i32.const 2
i32.store state +4
i32.const 0
i32.const 0
i32.store state +16
i32.const 0
local.get 7
i32.store state +12
i32.const -1
return
end
