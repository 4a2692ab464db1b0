/* SHA-256 (FIPS 180-4): rotations, 32-bit additions and boolean functions on eight live variables. */
#include "../kernel.h"

static uint32_t constants[64], initial[8];
static uint8_t data[4096];

static uint32_t rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* The first 32 bits of the fraction of the square or cube root of p, by Newton's method: a double has bits to spare. */
static uint32_t root_fraction(double p, int degree)
{
    double x = p;
    for (int i = 0; i < 20; i++)
        x -= degree == 2 ? (x * x - p) / (2 * x) : (x * x * x - p) / (3 * x * x);
    return (uint32_t)((x - (int)x) * 4294967296.0);
}

static void prepare(void)
{
    for (int n = 0, p = 2; n < 64; p++) {
        int prime = 1;
        for (int d = 2; d * d <= p; d++)
            prime &= p % d != 0;
        if (!prime)
            continue;
        if (n < 8)
            initial[n] = root_fraction(p, 2);
        constants[n++] = root_fraction(p, 3);
    }
}

static void compress(uint32_t h[8], const uint8_t *block)
{
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; i++, block += 4)
        w[i] = (uint32_t)block[0] << 24 | block[1] << 16 | block[2] << 8 | block[3];
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    memcpy(v, h, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t t1 = v[7] + s1 + choice + constants[i] + w[i];
        uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        v[7] = v[6], v[6] = v[5], v[5] = v[4], v[4] = v[3] + t1;
        v[3] = v[2], v[2] = v[1], v[1] = v[0], v[0] = t1 + s0 + majority;
    }
    for (int i = 0; i < 8; i++)
        h[i] += v[i];
}

static void digest(uint32_t h[8], const uint8_t *text, uint32_t length)
{
    uint8_t last[128] = {0};
    uint32_t rest = length % 64, padded = rest < 56 ? 64 : 128;
    memcpy(h, initial, sizeof initial);
    for (uint32_t i = 0; i + 64 <= length; i += 64)
        compress(h, text + i);
    memcpy(last, text + length - rest, rest);
    last[rest] = 0x80;
    for (int i = 0; i < 4; i++)
        last[padded - 1 - i] = length * 8 >> 8 * i;
    for (uint32_t i = 0; i < padded; i += 64)
        compress(h, last + i);
}

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 55000);
    uint32_t h[8];
    prepare();
    digest(h, (const uint8_t *)"abc", 3);
    if (h[0] != 0xba7816bf || h[7] != 0xf20015ad)
        return 1;
    fill(data, sizeof data);
    for (int r = 0; r < rounds; r++) {
        digest(h, data, sizeof data - r % 64);
        memcpy(data + r % 100, h, sizeof h);
    }
    return result(h[0]);
}
