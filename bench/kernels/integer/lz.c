/* Dictionary compression and its reverse: hash look-ups, match lengths, byte copies that overlap. */
#include "../kernel.h"

#define SIZE 16384
#define HASH 4096
#define MIN_MATCH 4
#define MAX_MATCH 131
static uint8_t text[SIZE], packed[2 * SIZE], unpacked[SIZE];
static uint16_t latest[HASH], previous[SIZE];

/* Words from a small vocabulary, some with a typing error. */
static void make_text(uint32_t seed)
{
    static const char vocabulary[] = "register memory translate block branch carry overflow shift immediate condition ";
    for (int i = 0; i < SIZE;) {
        const char *word = vocabulary + (next_random(&seed) >> 16) % (sizeof vocabulary - 1);
        while (i < SIZE && *word) {
            text[i++] = *word;
            if (*word++ == ' ')
                break;
        }
        if (i < SIZE && next_random(&seed) >> 28 == 0)
            text[i++] = 'a' + (seed >> 16) % 26;
    }
}

static int match_length(int a, int b)
{
    int length = 0;
    while (b + length < SIZE && length < MAX_MATCH && text[a + length] == text[b + length])
        length++;
    return length;
}

/* Tokens: 0..127 literals follow, or 128 + length - 4 and a 16-bit distance. */
static int pack(void)
{
    int out = 0, literals = 0;
    memset(latest, 0, sizeof latest);
    for (int i = 0; i < SIZE;) {
        int best = 0, from = 0;
        if (i + MIN_MATCH <= SIZE) {
            uint32_t word = text[i] | text[i + 1] << 8 | text[i + 2] << 16 | (uint32_t)text[i + 3] << 24;
            uint16_t *slot = &latest[word * 2654435761u >> 20];
            int candidate = *slot;
            for (int tries = 16; candidate && tries; tries--, candidate = previous[candidate]) {
                int length = match_length(candidate - 1, i);
                if (length > best)
                    best = length, from = candidate - 1;
            }
            /* Positions count from 1: 0 means none */
            if (i + 1 < SIZE) {
                previous[i + 1] = *slot;
                *slot = i + 1;
            }
        }
        int is_match = best >= MIN_MATCH;
        if (!is_match) {
            literals++;
            i++;
        }
        if (literals && (is_match || literals == 128 || i == SIZE)) {
            packed[out++] = literals - 1;
            memcpy(packed + out, text + i - literals, literals);
            out += literals;
            literals = 0;
        }
        if (is_match) {
            packed[out++] = 128 + best - MIN_MATCH;
            packed[out++] = (i - from) & 0xff;
            packed[out++] = (i - from) >> 8;
            i += best;
        }
    }
    return out;
}

static int unpack(int length)
{
    int out = 0;
    for (int i = 0; i < length;) {
        int token = packed[i++];
        if (token < 128) {
            memcpy(unpacked + out, packed + i, token + 1);
            out += token + 1;
            i += token + 1;
        } else {
            int distance = packed[i] | packed[i + 1] << 8;
            for (int n = token - 128 + MIN_MATCH; n; n--, out++)
                unpacked[out] = unpacked[out - distance];
            i += 2;
        }
    }
    return out;
}

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 2000);
    uint32_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        make_text(r);
        int length = pack();
        if (unpack(length) != SIZE || memcmp(text, unpacked, SIZE) != 0)
            return 1;
        sum = sum * 31 + length;
    }
    return result(sum);
}
