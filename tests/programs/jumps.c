/* setjmp and longjmp through frames, recursion, alloca, function pointers, switch tables. */
#include <alloca.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

static jmp_buf env;
static volatile int depth_reached;

static void dive(int depth)
{
    char *pad = alloca(depth * 8 + 8);
    memset(pad, depth, depth * 8 + 8);
    depth_reached = depth;
    if (depth == 200)
        longjmp(env, 42);
    dive(depth + 1);
    printf("never %d\n", pad[0]);
}

static int ackermann(int m, int n) { return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1)); }
static int add(int a, int b) { return a + b; }
static int sub(int a, int b) { return a - b; }
static int mul(int a, int b) { return a * b; }

static int dispatch(int op, int x)
{
    switch (op) {
    case 0: return x + 1;
    case 1: return x * 3;
    case 2: return x ^ 0x55;
    case 3: return x << 2;
    case 4: return x >> 1;
    case 5: return -x;
    case 6: return ~x;
    case 7: return x * x;
    case 100: return 100;
    default: return op;
    }
}

int main(void)
{
    volatile double kept = 1.5;
    int r = setjmp(env);
    printf("setjmp %d depth %d kept %g\n", r, depth_reached, kept);
    if (r == 0)
        dive(1);
    if (r == 42)
        longjmp(env, 0);
    for (volatile int i = 0; i < 5; i++)
        if (setjmp(env) == 0)
            longjmp(env, i + 1);
    sigjmp_buf sig;
    if ((r = sigsetjmp(sig, 1)) < 3)
        siglongjmp(sig, r + 1);
    printf("sigsetjmp %d\n", r);
    printf("ackermann %d\n", ackermann(2, 300));
    int (*const table[])(int, int) = {add, sub, mul};
    int x = 7;
    for (int i = 0; i < 3000; i++)
        x = table[i % 3](x, i) % 100003;
    printf("pointers %d\n", x);
    for (int i = 0; i < 3000; i++)
        x = dispatch((i * 7) % 11, x) % 65537;
    printf("switch %d %d\n", x, dispatch(100, 0));
    return 0;
}
