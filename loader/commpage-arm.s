        .syntax unified
        .arch   armv7-a
        .arm

        .org    0x500
sigreturn:
        mov     r7, #119
        svc     #0x900077
        .thumb
        movs    r7, #119
        svc     #0
        .arm
rt_sigreturn:
        mov     r7, #173
        svc     #0x9000ad
        .thumb
        movs    r7, #173
        svc     #0
        .arm

        .org    0xf60
kuser_cmpxchg64:
        push    {r4, r5, r6, r7}
        ldrd    r4, r5, [r0]
        ldrd    r6, r7, [r1]
        dmb     ish
retry64:
        ldrexd  r0, r1, [r2]
        cmp     r0, r4
        cmpeq   r1, r5
        bne     differs
        strexd  r3, r6, r7, [r2]
        cmp     r3, #0
        bne     retry64
differs:
        dmb     ish
        movne   r3, #1
        rsbs    r0, r3, #0
        pop     {r4, r5, r6, r7}
        bx      lr

        .org    0xfa0
kuser_memory_barrier:
        dmb     ish
        bx      lr

        .org    0xfc0
kuser_cmpxchg:
        dmb     ish
retry:
        ldrex   ip, [r2]
        subs    r3, ip, r0
        strexeq r3, r1, [r2]
        cmpeq   r3, #1
        beq     retry
        rsbs    r0, r3, #0
        b       kuser_memory_barrier

        .org    0xfe0
kuser_get_tls:
        mrc     p15, 0, r0, c13, c0, 3
        bx      lr

        .org    0x1000
