/* CRC-32 of a buffer, a table look-up and a shift per byte: a chain of dependent loads. */
#include "../kernel.h"

static uint32_t table[256];
static uint8_t data[8192];

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 90000);
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        table[i] = c;
    }
    fill(data, sizeof data);
    uint32_t crc = ~0u;
    for (int r = 0; r < rounds; r++)
        for (unsigned i = 0; i < sizeof data; i++)
            crc = table[(crc ^ data[i]) & 0xff] ^ (crc >> 8);
    return result(~crc);
}
