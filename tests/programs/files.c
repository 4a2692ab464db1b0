/* Files and directories: each call's result and errno. Runs in an empty directory of its own. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#define SHOW(call) \
    do { \
        errno = 0; \
        long long result_ = (call); \
        int errno_ = errno; \
        printf("%s = %lld %s\n", #call, result_, errno_ ? strerror(errno_) : ""); \
    } while (0)

static void show_stat(const char *path)
{
    struct stat s;
    if (lstat(path, &s) != 0) {
        printf("%s: %s\n", path, strerror(errno));
        return;
    }
    printf("%s: mode %o links %lu blksize>0 %d own %d", path, s.st_mode, (unsigned long)s.st_nlink, s.st_blksize > 0, s.st_uid == getuid());
    if (!S_ISDIR(s.st_mode))
        printf(" size %lld", (long long)s.st_size);
    if (s.st_mtime < 1500000000)
        printf(" mtime %lld.%09ld", (long long)s.st_mtime, s.st_mtim.tv_nsec);
    printf("\n");
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static void list(const char *path)
{
    struct dirent **names;
    int n = scandir(path, &names, NULL, by_name);
    printf("%s:", path);
    for (int i = 0; i < n; i++)
        printf(" %s(%d)", names[i]->d_name, names[i]->d_type);
    printf("\n");
}

int main(void)
{
    umask(022);
    int fd = open("a", O_RDWR | O_CREAT | O_EXCL, 0644);
    printf("open a: %d\n", fd >= 3);
    SHOW(open("a", O_RDWR | O_CREAT | O_EXCL, 0644));
    SHOW(open("missing", O_RDONLY));
    SHOW(write(fd, "hello, world\n", 13));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(pwrite(fd, "J", 1, 0));
    SHOW(lseek(fd, -6, SEEK_END));
    char buffer[64] = "";
    SHOW(read(fd, buffer, sizeof buffer));
    printf("read %s", buffer);
    SHOW(pread(fd, buffer, 5, 0));
    struct iovec iov[2] = {{"vec", 3}, {"tor", 3}};
    SHOW(writev(fd, iov, 2));
    char p[4], q[40];
    struct iovec in[2] = {{p, 4}, {q, 40}};
    lseek(fd, 0, SEEK_SET);
    SHOW(readv(fd, in, 2));
    printf("%.4s|%.15s\n", p, q);
    SHOW(lseek(fd, 6LL << 30, SEEK_SET));
    SHOW(write(fd, "far", 3));
    SHOW(lseek(fd, 0, SEEK_END));
    show_stat("a");
    SHOW(ftruncate(fd, 5LL << 30));
    show_stat("a");
    SHOW(ftruncate(fd, 19));
    SHOW(lseek(fd, -1, SEEK_SET));
    SHOW(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND));
    SHOW(fcntl(fd, F_SETFL, O_APPEND));
    SHOW(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(fcntl(fd, F_SETFD, FD_CLOEXEC));
    SHOW(fcntl(fd, F_GETFD));
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 2};
    SHOW(fcntl(fd, F_SETLK, &lock));
    int copy = dup(fd);
    SHOW(copy > fd);
    SHOW(dup2(fd, 20));
    SHOW(dup3(fd, 20, O_CLOEXEC));
    SHOW(fcntl(20, F_GETFD));
    SHOW(close(20));
    SHOW(close(20));
    SHOW(fsync(fd));
    char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    printf("map %d %.5s\n", map != MAP_FAILED, map);
    memcpy(map, "MAPPED", 6);
    SHOW(msync(map, 4096, MS_SYNC));
    SHOW(munmap(map, 4096));
    SHOW(pread(fd, buffer, 8, 0));
    printf("%.8s\n", buffer);
    SHOW(close(fd));
    SHOW(link("a", "b"));
    SHOW(symlink("a", "c"));
    SHOW(symlink("nowhere", "dangling"));
    SHOW(readlink("c", buffer, sizeof buffer));
    SHOW(readlink("a", buffer, sizeof buffer));
    SHOW(rename("b", "d"));
    SHOW(rename("missing", "d"));
    SHOW(chmod("a", 0640));
    SHOW(access("a", R_OK | W_OK));
    SHOW(access("missing", F_OK));
    struct timeval times[2] = {{1234567890, 123456}, {987654321, 654321}};
    SHOW(utimes("a", times));
    show_stat("a");
    struct timespec ts[2] = {{5, 6}, {1000000007, 123456789}};
    SHOW(utimensat(AT_FDCWD, "d", ts, 0));
    show_stat("a");
    show_stat("c");
    SHOW(mkdir("dir", 0755));
    SHOW(mkdir("dir", 0755));
    SHOW(rmdir("."));
    int dir = open("dir", O_RDONLY | O_DIRECTORY);
    SHOW(openat(dir, "in", O_WRONLY | O_CREAT, 0600) >= 0);
    SHOW(mkdirat(dir, "sub", 0700));
    SHOW(renameat(dir, "in", AT_FDCWD, "dir/out"));
    SHOW(faccessat(dir, "out", R_OK, 0));
    SHOW(unlinkat(dir, "sub", AT_REMOVEDIR));
    SHOW(fchdir(dir));
    printf("%s\n", strrchr(getcwd(q, sizeof q) ? q : "/long", '/') ? "cwd" : "?");
    SHOW(chdir(".."));
    SHOW(rmdir("dir"));
    list(".");
    list("dir");
    SHOW(truncate("a", 3));
    SHOW(creat("/nonexistent/x", 0600));
    struct statvfs v;
    SHOW(statvfs(".", &v));
    SHOW(v.f_bsize > 0 && v.f_namemax == 255);
    int pipes[2];
    SHOW(pipe2(pipes, O_NONBLOCK));
    SHOW(read(pipes[0], buffer, 1));
    SHOW(write(pipes[1], "x", 1));
    SHOW(read(pipes[0], buffer, 10));
    SHOW(isatty(pipes[0]));
    SHOW(write(-1, "x", 1));
    SHOW(write(pipes[1], (void *)16, 10));
    SHOW(write(pipes[1], "y", 1));
    SHOW(read(pipes[0], (void *)16, 10));
    FILE *f = fopen("stdio", "w+");
    for (int i = 0; i < 10000; i++)
        fprintf(f, "%d\n", i);
    fseek(f, 1000, SEEK_SET);
    SHOW(fgets(buffer, sizeof buffer, f) != NULL);
    printf("%s", buffer);
    SHOW(ftell(f));
    fclose(f);
    f = fopen("stdio", "r");
    long sum = 0;
    int x;
    while (fscanf(f, "%d", &x) == 1)
        sum += x;
    printf("sum %ld\n", sum);
    fclose(f);
    SHOW(unlink("stdio"));
    SHOW(unlink("dir"));
    return 0;
}
