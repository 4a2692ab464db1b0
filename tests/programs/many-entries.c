/* readdir and rewinddir on a directory of 2000 files. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
    enum { COUNT = 2000 };
    static unsigned char seen[COUNT];
    char name[64];
    mkdir("many", 0700);
    for (int i = 0; i < COUNT; i++) {
        sprintf(name, "many/file-with-a-rather-long-name-%d", i);
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
    DIR *d = opendir("many");
    struct dirent *e;
    int files = 0, dots = 0, inode = 0;
    while ((e = readdir(d))) {
        inode += e->d_ino != 0;
        if (e->d_name[0] == '.') {
            dots++;
            continue;
        }
        int i = -1;
        sscanf(e->d_name, "file-with-a-rather-long-name-%d", &i);
        seen[i]++;
        files++;
    }
    int once = 0;
    for (int i = 0; i < COUNT; i++)
        once += seen[i] == 1;
    printf("%d files, %d dots, %d with inode, %d seen once\n", files, dots, inode, once);
    rewinddir(d);
    files = 0;
    while (readdir(d))
        files++;
    printf("%d again\n", files);
    closedir(d);
    return 0;
}
