/* Writes a file, seeks in it, reads it back and removes it. The argument names the file. */
#include "crt.h"

enum { O_RDWR = 2, SEEK_SET = 0, SEEK_END = 2 };

int main(int argc, char **argv, char **envp, unsigned *auxv)
{
    (void)envp, (void)auxv;
    if (argc != 2)
        return 2;
    int fd = syscall3(SYS_open, (long)argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0)
        return 3;
    write_all(fd, "0123456789", 10);
    if (syscall3(SYS_lseek, fd, 0, SEEK_END) != 10 || syscall3(SYS_lseek, fd, 4, SEEK_SET) != 4)
        return 4;
    char text[16];
    long n = syscall3(SYS_read, fd, (long)text, sizeof text);
    if (n != 6)
        return 5;
    write_all(1, text, n);
    print("\n");
    if (syscall3(SYS_close, fd, 0, 0) != 0 || syscall3(SYS_close, fd, 0, 0) != -9 /* EBADF */)
        return 6;
    if (syscall3(SYS_unlink, (long)argv[1], 0, 0) != 0 || syscall3(SYS_open, (long)argv[1], O_RDWR, 0) != -2 /* ENOENT */)
        return 7;
    return 0;
}
