/* AES-128 (FIPS 197) by tables, in counter mode: table look-ups indexed by bytes of words. */
#include "../kernel.h"

static uint8_t box[256];
static uint32_t tables[4][256], keys[44];
static uint8_t data[4096];

static uint8_t times2(uint8_t x)
{
    return x << 1 ^ (x & 0x80 ? 0x1b : 0);
}

static uint32_t rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void make_tables(void)
{
    /* p runs through all non-zero elements as powers of 3, q through their inverses */
    uint8_t p = 1, q = 1;
    do {
        p ^= times2(p);
        q ^= q << 1;
        q ^= q << 2;
        q ^= q << 4;
        q ^= q & 0x80 ? 0x09 : 0;
        uint32_t q5 = q * 0x01010101u;
        box[p] = (uint8_t)(q ^ q5 >> 7 ^ q5 >> 6 ^ q5 >> 5 ^ q5 >> 4) ^ 0x63;
    } while (p != 1);
    box[0] = 0x63;
    for (int i = 0; i < 256; i++) {
        uint8_t s = box[i], s2 = times2(s);
        uint32_t column = (uint32_t)s2 << 24 | s << 16 | s << 8 | (uint8_t)(s2 ^ s);
        for (int t = 0; t < 4; t++)
            tables[t][i] = t ? rotate(column, 8 * t) : column;
    }
}

static uint32_t substitute(uint32_t x)
{
    return (uint32_t)box[x >> 24] << 24 | box[x >> 16 & 0xff] << 16 | box[x >> 8 & 0xff] << 8 | box[x & 0xff];
}

static void expand_key(const uint32_t key[4])
{
    uint8_t round = 1;
    memcpy(keys, key, 16);
    for (int i = 4; i < 44; i++) {
        uint32_t t = keys[i - 1];
        if (i % 4 == 0) {
            t = substitute(rotate(t, 24)) ^ (uint32_t)round << 24;
            round = times2(round);
        }
        keys[i] = keys[i - 4] ^ t;
    }
}

static void encrypt(uint32_t block[4])
{
    uint32_t s[4], t[4];
    for (int i = 0; i < 4; i++)
        s[i] = block[i] ^ keys[i];
    for (int round = 1; round < 10; round++) {
        for (int i = 0; i < 4; i++)
            t[i] = tables[0][s[i] >> 24] ^ tables[1][s[(i + 1) & 3] >> 16 & 0xff] ^ tables[2][s[(i + 2) & 3] >> 8 & 0xff] ^
                   tables[3][s[(i + 3) & 3] & 0xff] ^ keys[4 * round + i];
        memcpy(s, t, sizeof s);
    }
    for (int i = 0; i < 4; i++) {
        uint32_t mixed = (s[i] & 0xff000000) | (s[(i + 1) & 3] & 0xff0000) | (s[(i + 2) & 3] & 0xff00) | (s[(i + 3) & 3] & 0xff);
        block[i] = substitute(mixed) ^ keys[40 + i];
    }
}

int main(int argc, char **argv)
{
    static const uint32_t key[4] = {0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f};
    uint32_t block[4] = {0x00112233, 0x44556677, 0x8899aabb, 0xccddeeff};
    int rounds = scale(argc, argv, 20000);
    make_tables();
    expand_key(key);
    encrypt(block);
    if (block[0] != 0x69c4e0d8 || block[3] != 0x70b4c55a)
        return 1;
    fill(data, sizeof data);
    uint32_t sum = 0;
    for (int r = 0; r < rounds; r++)
        for (uint32_t i = 0; i < sizeof data; i += 16) {
            uint32_t counter[4] = {1, 2, r, i}, word;
            encrypt(counter);
            for (int j = 0; j < 4; j++) {
                memcpy(&word, data + i + 4 * j, 4);
                sum = sum * 31 + (word ^= counter[j]);
                memcpy(data + i + 4 * j, &word, 4);
            }
        }
    return result(sum);
}
