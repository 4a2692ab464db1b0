/* pipe(2) with its two result registers, calls with more than four arguments, and syscall(2), which moves arguments up. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    char text[8] = "";
    printf("pipe %d\n", pipe(ends));
    printf("write %zd\n", write(ends[1], "through", 7));
    printf("read %zd\n", read(ends[0], text, 7));
    puts(text);
    printf("difference %d\n", ends[1] - ends[0]);

    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("mmap %d\n", p != MAP_FAILED);
    strcpy(p, "mapped");
    puts(p);

    FILE *f = tmpfile();
    struct iovec v = { (void *)"wide", 4 };
    printf("pwritev %ld\n", syscall(SYS_pwritev, fileno(f), &v, 1L, 5L, 0L));
    char back[16] = "";
    printf("pread64 %zd\n", pread(fileno(f), back, 16, 5));
    puts(back);
    errno = 0;
    printf("bad number %ld", syscall(3999L));
    printf(" %s\n", strerror(errno));
    errno = 0;
    printf("no file %d", (int)syscall(SYS_openat, -100L, "/nonexistent/x", 0L));
    printf(" %s\n", strerror(errno));
    return 0;
}
