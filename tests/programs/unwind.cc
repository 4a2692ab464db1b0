/* Exceptions out of signal handlers, with and without siginfo, through the frames of what faulted. */
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <unwind.h>

struct Noise {
    const char *name;
    ~Noise() { printf("~%s\n", name); }
};

static _Unwind_Reason_Code count(_Unwind_Context *, void *frames)
{
    ++*static_cast<int *>(frames);
    return _URC_NO_REASON;
}

static void handler(int, siginfo_t *, void *)
{
    int frames = 0;
    _Unwind_Backtrace(count, &frames);
    printf("frames beyond the signal: %d\n", frames > 6);
    Noise noise{"handler"};
    throw std::runtime_error("from handler");
}

static void plain(int signal)
{
    Noise noise{"plain handler"};
    throw signal;
}

static int *volatile nowhere;

__attribute__((noinline)) static int deep(int n)
{
    Noise noise{"deep"};
    return n == 0 ? *nowhere : deep(n - 1) + 1;
}

int main()
{
    setvbuf(stdout, nullptr, _IONBF, 0);
    try {
        std::string().at(10);
    } catch (std::out_of_range &) {
        puts("caught out of range");
    }
    struct sigaction action = {};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigaction(SIGSEGV, &action, nullptr);
    try {
        deep(3);
    } catch (std::exception &e) {
        printf("caught %s\n", e.what());
    }
    signal(SIGSEGV, plain);
    try {
        deep(1);
    } catch (int signal) {
        printf("caught signal %d\n", signal);
    }
}
