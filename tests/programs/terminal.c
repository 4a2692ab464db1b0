/*
 * Runs a program on a terminal of its own: terminal SCRIPT COMMAND... SCRIPT has lines `expect TEXT`, which waits until
 * the program has printed TEXT, and `send TEXT`, which types it; \n, \r and \NNN stand for what they do in C. Then the
 * program is waited for. Prints how it ended, and whether the terminal is as it was and nobody is left in the session.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Nothing takes this long unless it hangs. */
enum { PATIENCE_SECONDS = 120 };

static char text[1 << 20];
static size_t length, looked;
static int master;

/* 0 if there will be no more. */
static int read_some(int milliseconds)
{
    struct pollfd p = {.fd = master, .events = POLLIN};
    int ready = poll(&p, 1, milliseconds);
    if (ready <= 0)
        return 1;
    ssize_t n = read(master, text + length, sizeof text - 1 - length);
    if (n <= 0)
        return 0;
    length += n;
    text[length] = 0;
    return 1;
}

static void give_up(const char *what, pid_t session)
{
    printf("no '%s' in:\n%s\n", what, text + looked);
    kill(-session, SIGKILL);
    exit(3);
}

static void expect(const char *what, pid_t session)
{
    time_t start = time(NULL);
    for (;;) {
        char *found = strstr(text + looked, what);
        if (found) {
            looked = found + strlen(what) - text;
            return;
        }
        if (!read_some(1000) || time(NULL) - start > PATIENCE_SECONDS)
            give_up(what, session);
    }
}

static void unescape(char *s)
{
    char *to = s;
    while (*s && *s != '\n') {
        if (*s != '\\')
            *to++ = *s++;
        else if (s[1] == 'n' || s[1] == 'r')
            *to++ = s[1] == 'n' ? '\n' : '\r', s += 2;
        else
            *to++ = (char)strtol((char[]){s[1], s[2], s[3], 0}, NULL, 8), s += 4;
    }
    *to = 0;
}

/* Processes of a session, by /proc; prints them if asked. */
static int members(pid_t session, int print)
{
    int count = 0;
    DIR *dir = opendir("/proc");
    for (struct dirent *d; (d = readdir(dir));) {
        char name[300], line[1024];
        if (!isdigit(d->d_name[0]))
            continue;
        snprintf(name, sizeof name, "/proc/%s/stat", d->d_name);
        FILE *f = fopen(name, "r");
        if (!f)
            continue;
        if (fgets(line, sizeof line, f)) {
            int its;
            char status;
            if (sscanf(strrchr(line, ')') + 1, " %c %*d %*d %d", &status, &its) == 2 && its == session && status != 'Z') {
                count++;
                if (print)
                    printf("left: %s", line);
            }
        }
        fclose(f);
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 3)
        return 2;
    master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) || unlockpt(master))
        return 2;
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    struct termios before, after;
    tcgetattr(slave, &before);
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        ioctl(slave, TIOCSCTTY, 0);
        for (int fd = 0; fd < 3; fd++)
            dup2(slave, fd);
        close(slave);
        close(master);
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    FILE *script = fopen(argv[1], "r");
    char line[4096];
    while (fgets(line, sizeof line, script)) {
        char *argument = strchr(line, ' ');
        if (!argument)
            continue;
        unescape(++argument);
        if (!strncmp(line, "expect", 6))
            expect(argument, pid);
        else if (write(master, argument, strlen(argument)) < 0)
            give_up("room to type", pid);
    }
    int status;
    time_t start = time(NULL);
    while (waitpid(pid, &status, WNOHANG) == 0) {
        read_some(50);
        if (time(NULL) - start > PATIENCE_SECONDS)
            give_up("end", pid);
    }
    tcgetattr(slave, &after);
    while (members(pid, 0) > 0 && time(NULL) - start <= PATIENCE_SECONDS)
        usleep(20000);
    if (WIFEXITED(status))
        printf("exited %d\n", WEXITSTATUS(status));
    else
        printf("killed by %d\n", WTERMSIG(status));
    printf("terminal as before: %s\n", memcmp(&before, &after, sizeof before) ? "no" : "yes");
    printf("left behind: %d\n", members(pid, 1));
    return 0;
}
