/* A picture in single precision, blurred and sharpened: float multiply-add, comparison, conversion from and to bytes. */
#include "../kernel.h"

#define SIDE 96
static uint8_t picture[SIDE][SIDE];
static float plane[SIDE][SIDE], blurred[SIDE][SIDE];

static void blur(void)
{
    static const float weights[5] = {0.0625f, 0.25f, 0.375f, 0.25f, 0.0625f};
    static float rows[SIDE][SIDE];
    for (int y = 0; y < SIDE; y++)
        for (int x = 2; x < SIDE - 2; x++) {
            float sum = 0;
            for (int k = -2; k <= 2; k++)
                sum += plane[y][x + k] * weights[k + 2];
            rows[y][x] = sum;
        }
    for (int y = 2; y < SIDE - 2; y++)
        for (int x = 2; x < SIDE - 2; x++) {
            float sum = 0;
            for (int k = -2; k <= 2; k++)
                sum += rows[y + k][x] * weights[k + 2];
            blurred[y][x] = sum;
        }
}

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 1400);
    uint32_t sum = 0;
    fill(picture, sizeof picture);
    for (int r = 0; r < rounds; r++) {
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                plane[y][x] = picture[y][x] / 255.0f;
        blur();
        for (int y = 2; y < SIDE - 2; y++)
            for (int x = 2; x < SIDE - 2; x++) {
                float value = plane[y][x] + 1.5f * (plane[y][x] - blurred[y][x]);
                value = value < 0 ? 0 : value > 1 ? 1 : value;
                picture[y][x] = (uint8_t)(value * 255.0f + 0.5f);
            }
        picture[2 + r % (SIDE - 4)][2 + r % 7] ^= r;
    }
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            sum = sum * 31 + picture[y][x];
    return result(sum);
}
