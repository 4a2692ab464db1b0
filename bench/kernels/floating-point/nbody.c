/* Gravity between five bodies: double multiplication, division and square root in dependent chains. */
#include <math.h>
#include "../kernel.h"

#define BODIES 5
struct body {
    double position[3], velocity[3], mass;
};
static struct body bodies[BODIES];

/* A heavy body in the middle and light ones around it. */
static void place(void)
{
    uint32_t state = 7;
    for (int i = 0; i < BODIES; i++) {
        bodies[i].mass = i ? 0.001 * (1 + next_real(&state)) : 40;
        for (int k = 0; k < 3; k++) {
            bodies[i].position[k] = i ? 5 * i * (next_real(&state) + 0.5) : 0;
            bodies[i].velocity[k] = i ? next_real(&state) - 0.5 : 0;
        }
    }
}

static void advance(double dt)
{
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            struct body *a = &bodies[i], *b = &bodies[j];
            double d[3], square = 0;
            for (int k = 0; k < 3; k++) {
                d[k] = a->position[k] - b->position[k];
                square += d[k] * d[k];
            }
            double magnitude = dt / (square * sqrt(square));
            for (int k = 0; k < 3; k++) {
                a->velocity[k] -= d[k] * b->mass * magnitude;
                b->velocity[k] += d[k] * a->mass * magnitude;
            }
        }
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++)
            bodies[i].position[k] += dt * bodies[i].velocity[k];
}

static double energy(void)
{
    double e = 0;
    for (int i = 0; i < BODIES; i++) {
        struct body *a = &bodies[i];
        for (int k = 0; k < 3; k++)
            e += 0.5 * a->mass * a->velocity[k] * a->velocity[k];
        for (int j = i + 1; j < BODIES; j++) {
            double square = 0;
            for (int k = 0; k < 3; k++) {
                double d = a->position[k] - bodies[j].position[k];
                square += d * d;
            }
            e -= a->mass * bodies[j].mass / sqrt(square);
        }
    }
    return e;
}

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 1000000);
    place();
    for (int r = 0; r < rounds; r++)
        advance(0.001);
    return result_double(energy());
}
