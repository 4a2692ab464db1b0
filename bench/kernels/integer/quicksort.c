/* Recursive quicksort: unpredictable branches, loads and stores. */
#include "../kernel.h"

#define COUNT 20000
static int32_t data[COUNT];

static void sort(int32_t *a, int left, int right)
{
    while (left < right) {
        int32_t pivot = a[(left + right) / 2];
        int i = left, j = right;
        while (i <= j) {
            while (a[i] < pivot)
                i++;
            while (a[j] > pivot)
                j--;
            if (i <= j) {
                int32_t t = a[i];
                a[i++] = a[j];
                a[j--] = t;
            }
        }
        sort(a, left, j);
        left = i;
    }
}

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 750);
    uint32_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        uint32_t state = r + 1;
        for (int i = 0; i < COUNT; i++)
            data[i] = next_random(&state);
        sort(data, 0, COUNT - 1);
        for (int i = 0; i < COUNT; i += 100)
            sum = sum * 31 + data[i];
    }
    return result(sum);
}
