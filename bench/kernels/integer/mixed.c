/* The mix that small processors are rated by: linked lists, small matrices and a text scanner, each result folded into a CRC-16. */
#include "../kernel.h"

static uint16_t crc16(uint16_t crc, uint16_t value)
{
    for (int bit = 0; bit < 16; bit++, value >>= 1)
        crc = (crc ^ value) & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
    return crc;
}

struct item {
    struct item *next;
    int16_t key, payload;
};

#define ITEMS 300
static struct item items[ITEMS];

static struct item *merge(struct item *a, struct item *b, int by_payload)
{
    struct item *head = NULL, **tail = &head;
    while (a && b) {
        int first = by_payload ? a->payload <= b->payload : a->key <= b->key;
        struct item **from = first ? &a : &b;
        *tail = *from;
        tail = &(*tail)->next;
        *from = *tail;
    }
    *tail = a ? a : b;
    return head;
}

static struct item *sort(struct item *list, int by_payload)
{
    if (!list || !list->next)
        return list;
    struct item *slow = list, *fast = list->next;
    while (fast && fast->next) {
        slow = slow->next;
        fast = fast->next->next;
    }
    struct item *half = slow->next;
    slow->next = NULL;
    return merge(sort(list, by_payload), sort(half, by_payload), by_payload);
}

static struct item *reverse(struct item *list)
{
    struct item *done = NULL;
    while (list) {
        struct item *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

static uint16_t lists(uint32_t seed, uint16_t crc)
{
    for (int i = 0; i < ITEMS; i++) {
        uint32_t r = next_random(&seed);
        items[i] = (struct item){i + 1 < ITEMS ? &items[i + 1] : NULL, r >> 16, r >> 4};
    }
    struct item *list = sort(items, 0);
    for (int look = 0; look < 16; look++) {
        int16_t key = next_random(&seed) >> 16;
        int steps = 0;
        for (struct item *i = list; i && i->key < key; i = i->next)
            steps++;
        crc = crc16(crc, steps);
        list = reverse(reverse(list));
    }
    list = sort(list, 1);
    for (struct item *i = list; i; i = i->next)
        crc = crc16(crc, i->payload);
    return crc;
}

#define N 12
static uint16_t matrices(uint32_t seed, uint16_t crc)
{
    static int16_t a[N][N], b[N][N];
    static int32_t c[N][N];
    for (int i = 0; i < N * N; i++) {
        a[i / N][i % N] = next_random(&seed) >> 20;
        b[i / N][i % N] = next_random(&seed) >> 24;
    }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            c[i][j] = 0;
            for (int k = 0; k < N; k++)
                c[i][j] += a[i][k] * b[k][j];
        }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            int32_t low = c[i][j] >> 2 & 0xf, high = c[i][j] >> 5 & 0x7f;
            crc = crc16(crc, c[i][j] + low * high);
        }
    return crc;
}

enum state { START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, POWER, INVALID, STATES };

static enum state scan(const char **text)
{
    enum state state = START;
    for (; **text && **text != ','; ++*text) {
        char c = **text;
        int digit = c >= '0' && c <= '9';
        switch (state) {
        case START: state = digit ? INTEGER : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : INVALID; break;
        case SIGN: state = digit ? INTEGER : c == '.' ? POINT : INVALID; break;
        case INTEGER: state = digit ? INTEGER : c == '.' ? FRACTION : c == 'e' ? EXPONENT : INVALID; break;
        case POINT: state = digit ? FRACTION : INVALID; break;
        case FRACTION: state = digit ? FRACTION : c == 'e' ? EXPONENT : INVALID; break;
        case EXPONENT: state = digit || c == '-' ? POWER : INVALID; break;
        case POWER: state = digit ? POWER : INVALID; break;
        default: break;
        }
    }
    return state;
}

static uint16_t scanner(uint32_t seed, uint16_t crc)
{
    static const char *const words[] = {"5012", "-874", "+122", "35.54400", ".1234500", "-110.700", "5.500e3", "-.123e-2", "T0.3e-1F", "1e", "-e5", "12x"};
    char text[512];
    unsigned length = 0, counts[STATES] = {0};
    while (length < sizeof text - 16) {
        const char *word = words[(next_random(&seed) >> 16) % (sizeof words / sizeof *words)];
        while (*word)
            text[length++] = *word++;
        text[length++] = ',';
    }
    text[length] = 0;
    for (const char *p = text; *p; p++)
        counts[scan(&p)]++;
    for (int i = 0; i < STATES; i++)
        crc = crc16(crc, counts[i]);
    return crc;
}

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 13000);
    uint16_t crc = 0;
    for (int r = 0; r < rounds; r++) {
        crc = lists(r, crc);
        crc = matrices(r, crc);
        crc = scanner(r, crc);
    }
    return result(crc);
}
