/* Prints 200,000 numbered lines, one write each: output that no pipe buffer holds. */
#include "crt.h"

int main(int argc, char **argv, char **envp, unsigned *auxv)
{
    (void)argc, (void)argv, (void)envp, (void)auxv;
    char text[7] = "000000\n";
    for (int i = 0; i < 200000; i++) {
        write_all(1, text, sizeof text);
        for (int k = 5; ++text[k] > '9'; k--)
            text[k] = '0';
    }
    return 0;
}
