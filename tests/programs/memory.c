/* malloc, qsort, brk, mmap, mprotect, mremap. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned state = 12345;
static unsigned next(void) { return state = state * 1664525 + 1013904223; }
static int compare(const void *a, const void *b) { unsigned x = *(const unsigned *)a, y = *(const unsigned *)b; return x < y ? -1 : x > y; }

int main(void)
{
    enum { N = 20000, BLOCKS = 500 };
    unsigned *v = malloc(N * sizeof *v), hash = 0;
    for (int i = 0; i < N; i++)
        v[i] = next();
    qsort(v, N, sizeof *v, compare);
    for (int i = 1; i < N; i++)
        hash = (hash ^ v[i]) * 16777619 + (v[i - 1] > v[i]);
    unsigned *hit = bsearch(&v[777], v, N, sizeof *v, compare);
    printf("qsort %08x bsearch %d\n", hash, *hit == v[777]);
    free(v);
    unsigned char *block[BLOCKS] = {0};
    size_t size[BLOCKS] = {0};
    hash = 0;
    for (int i = 0; i < 20000; i++) {
        unsigned k = next() >> 8, b = k % BLOCKS;
        for (size_t j = 0; j < size[b]; j += 61)
            if (block[b][j] != (unsigned char)b)
                hash ^= 0xdead;
        size[b] = (next() >> 8) % ((i & 255) == 0 ? 400000 : 600);
        block[b] = k & 4096 ? realloc(block[b], size[b] + 1) : (free(block[b]), calloc(1, size[b] + 1));
        memset(block[b], (int)b, size[b]);
        hash = hash * 31 + size[b];
    }
    printf("malloc %08x\n", hash);
    char *before = sbrk(0);
    printf("sbrk %d %d\n", sbrk(65536) == before, (char *)sbrk(0) - before);
    sbrk(-65536);
    long page = sysconf(_SC_PAGESIZE);
    char *m = mmap(NULL, 16 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("page %ld mmap %d zero %d\n", page, m != MAP_FAILED, m[5 * page]);
    memset(m, 'x', 16 * page);
    printf("mprotect %d\n", mprotect(m + page, page, PROT_READ));
    printf("munmap middle %d\n", munmap(m + 2 * page, page));
    printf("readable %c %c\n", m[page], m[3 * page]);
    char *fixed = mmap(m + 2 * page, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("fixed %d zero %d\n", fixed == m + 2 * page, fixed[0]);
    char *big = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(big, "kept");
    big = mremap(big, 4 * page, 400 * page, MREMAP_MAYMOVE);
    printf("mremap %s %d\n", big, big[399 * page]);
    printf("madvise %d\n", madvise(big, 400 * page, MADV_DONTNEED));
    printf("after %d\n", big[0]);
    printf("bad munmap %d\n", munmap(big + 1, page));
    printf("bad mmap %d\n", mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    printf("bad fd %d %s\n", mmap(NULL, page, PROT_READ, MAP_PRIVATE, 77, 0) == MAP_FAILED, strerror(errno));
    return 0;
}
