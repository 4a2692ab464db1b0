/* Interpreter of a small bytecode: a switch that compiles to a jump table, taken every few instructions. */
#include "../kernel.h"

enum op { PUSH, ADD, SUB, XOR, SHIFT, DUP, SWAP, LOAD, STORE, JUMP_IF, HALT };

/* x = n; s = 1; while (x) { s = ((s << 3) + x) ^ s; x = x - 1; } */
static const uint8_t program[] = {
    PUSH, 1, STORE, 1,
    /* 4: */ LOAD, 1, SHIFT, 3, LOAD, 0, ADD, LOAD, 1, XOR, STORE, 1,
    LOAD, 0, PUSH, 1, SUB, DUP, STORE, 0, JUMP_IF, 4,
    HALT,
};

static uint32_t run(uint32_t n)
{
    uint32_t stack[16], variables[2] = {n, 0}, *sp = stack, t;
    const uint8_t *pc = program;
    for (;;) {
        switch ((enum op)*pc++) {
        case PUSH: *sp++ = *pc++; break;
        case ADD: sp--; sp[-1] += sp[0]; break;
        case SUB: sp--; sp[-1] -= sp[0]; break;
        case XOR: sp--; sp[-1] ^= sp[0]; break;
        case SHIFT: sp[-1] <<= *pc++; break;
        case DUP: sp[0] = sp[-1]; sp++; break;
        case SWAP: t = sp[-1]; sp[-1] = sp[-2]; sp[-2] = t; break;
        case LOAD: *sp++ = variables[*pc++]; break;
        case STORE: variables[*pc++] = *--sp; break;
        case JUMP_IF: pc = *--sp ? program + *pc : pc + 1; break;
        case HALT: return variables[1];
        }
    }
}

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 1200);
    uint32_t sum = 0;
    for (int r = 0; r < rounds; r++)
        sum = sum * 31 + run(7000 + r % 100);
    return result(sum);
}
