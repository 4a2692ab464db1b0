/* Linked lists of strings: pointer chasing, malloc and free, string functions. */
#include <string.h>
#include "../kernel.h"

struct node {
    struct node *next;
    char text[24];
};

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 27000);
    uint32_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        struct node *list = NULL;
        uint32_t state = r;
        for (int i = 0; i < 300; i++) {
            struct node *n = malloc(sizeof *n);
            char *p = n->text;
            for (uint32_t v = next_random(&state); v; v >>= 3)
                *p++ = 'a' + (v & 7);
            *p = 0;
            n->next = list;
            list = n;
        }
        for (struct node *n = list; n; n = n->next)
            if (n->next)
                sum += strcmp(n->text, n->next->text) < 0;
        while (list) {
            struct node *next = list->next;
            sum += strlen(list->text);
            free(list);
            list = next;
        }
    }
    return result(sum);
}
