/* Exclusive loads and stores through the compiler's atomics, and the kernel helpers below them on old ARM. */
#include <stdint.h>
#include <stdio.h>

static _Atomic uint8_t a8 = 250;
static _Atomic uint16_t a16 = 65530;
static _Atomic uint32_t a32 = 0xfffffff0;
static uint64_t a64 = 0xfffffffffffffff0ULL;

int main(void)
{
    for (int i = 0; i < 40; i++) {
        a8 += 3, a16 += 5, a32 += 7;
        a32 ^= a16;
        __atomic_fetch_add(&a64, 0x100000001ULL * (unsigned)i, __ATOMIC_SEQ_CST);
    }
    printf("%u %u %u %llu\n", a8, a16, (unsigned)a32, (unsigned long long)a64);
    uint32_t word = 5;
    printf("%d", __sync_bool_compare_and_swap(&word, 5, 9));
    printf(" %d %u\n", __sync_bool_compare_and_swap(&word, 5, 11), word);
    printf("%u %u\n", __sync_lock_test_and_set(&word, 77), word);
    printf("%d", __sync_bool_compare_and_swap(&a64, a64, 123456789012345ULL));
    printf(" %llu\n", (unsigned long long)a64);
    return 0;
}
