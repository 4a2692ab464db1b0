/* The DSP extension by gcc's built-in functions: filters, saturating arithmetic, bit streams; and DSPControl across signals. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef signed char v4i8 __attribute__((vector_size(4)));
typedef short v2q15 __attribute__((vector_size(4)));

static uint32_t state = 12345;

static uint32_t next(void) {
  state = state * 1664525u + 1013904223u;
  return state;
}

static uint32_t checksum = 1;

static void mix(uint32_t x) {
  checksum = checksum * 31 + x;
}

static v2q15 halves(uint32_t x) {
  v2q15 v;
  memcpy(&v, &x, 4);
  return v;
}

static v4i8 bytes(uint32_t x) {
  v4i8 v;
  memcpy(&v, &x, 4);
  return v;
}

static uint32_t ofHalves(v2q15 v) {
  uint32_t x;
  memcpy(&x, &v, 4);
  return x;
}

static uint32_t ofBytes(v4i8 v) {
  uint32_t x;
  memcpy(&x, &v, 4);
  return x;
}

static void lanes(void) {
  for (int i = 0; i < 2000; i++) {
    v2q15 a = halves(next()), b = halves(next());
    v4i8 c = bytes(next()), d = bytes(next());
    mix(ofHalves(__builtin_mips_addq_s_ph(a, b)));
    mix(ofHalves(__builtin_mips_subq_ph(a, b)));
    mix(ofHalves(__builtin_mips_mulq_rs_ph(a, b)));
    mix(ofHalves(__builtin_mips_shll_s_ph(a, i & 15)));
    mix(ofHalves(__builtin_mips_shra_r_ph(a, 3)));
    mix(ofHalves(__builtin_mips_absq_s_ph(b)));
    mix(ofBytes(__builtin_mips_addu_s_qb(c, d)));
    mix(ofBytes(__builtin_mips_subu_s_qb(c, d)));
    mix(ofBytes(__builtin_mips_precrqu_s_qb_ph(a, b)));
    mix(ofHalves(__builtin_mips_muleu_s_ph_qbl(c, a)));
    __builtin_mips_cmpu_lt_qb(c, d);
    mix(ofBytes(__builtin_mips_pick_qb(c, d)));
    __builtin_mips_cmp_le_ph(a, b);
    mix(ofHalves(__builtin_mips_pick_ph(a, b)));
    mix(__builtin_mips_raddu_w_qb(c));
    mix(__builtin_mips_addwc(__builtin_mips_addsc(next(), next()), next()));
    mix(__builtin_mips_bitrev(next()));
    mix(__builtin_mips_modsub(i & 0xff, 0x1f03));
  }
  printf("lanes %08x, control %08x\n", checksum, __builtin_mips_rddsp(63));
}

static void accumulators(void) {
  long long sum = 0, limited = 0, other = 7;
  for (int i = 0; i < 2000; i++) {
    v2q15 a = halves(next()), b = halves(next());
    sum = __builtin_mips_dpaq_s_w_ph(sum, a, b);
    other = __builtin_mips_dpsq_s_w_ph(other, b, a);
    limited = __builtin_mips_dpaq_sa_l_w(limited, next(), next());
    sum = __builtin_mips_maq_s_w_phl(sum, a, b);
    other = __builtin_mips_dpau_h_qbr(other, bytes(next()), bytes(next()));
    mix(__builtin_mips_extr_rs_w(sum, 7));
    mix(__builtin_mips_extr_s_h(other, 9));
    mix(__builtin_mips_extr_w(limited, i & 31));
    limited = __builtin_mips_shilo(limited, (i & 31) - 16);
  }
  printf("accumulators %08x, control %08x, %016llx %016llx %016llx\n", checksum, __builtin_mips_rddsp(63), sum, other, limited);
}

/* Takes fields of changing size out of an accumulator, and puts them into a word. */
static void bitStream(void) {
  for (int i = 0; i < 500; i++) {
    long long a = ((long long)next() << 32) | next();
    __builtin_mips_wrdsp(63, 1);
    for (int n = 0; n < 6; n++) mix(__builtin_mips_extpdp(a, (i + n) & 15));
    a = __builtin_mips_mthlip(a, next());
    mix(__builtin_mips_extp(a, 5));
    __builtin_mips_wrdsp((i & 15) | (7 << 7), 3);
    mix(__builtin_mips_insv(next(), next()));
    mix(__builtin_mips_rddsp(63));
  }
  printf("bits %08x\n", checksum);
}

#if __mips_dsp_rev >= 2
static void second(void) {
  long long sum = 0;
  for (int i = 0; i < 2000; i++) {
    v2q15 a = halves(next()), b = halves(next());
    v4i8 c = bytes(next()), d = bytes(next());
    mix(ofHalves(__builtin_mips_mul_s_ph(a, b)));
    mix(ofHalves(__builtin_mips_addqh_r_ph(a, b)));
    mix(ofBytes(__builtin_mips_adduh_r_qb(c, d)));
    mix(ofBytes(__builtin_mips_subuh_r_qb(c, d)));
    mix(ofBytes(__builtin_mips_precr_qb_ph(a, b)));
    mix(__builtin_mips_mulq_rs_w(next(), next()));
    mix(__builtin_mips_append(next(), next(), 5));
    mix(__builtin_mips_balign(next(), next(), 1));
    mix(__builtin_mips_cmpgdu_le_qb(c, d));
    sum = __builtin_mips_dpaqx_sa_w_ph(sum, a, b);
    sum = __builtin_mips_dpax_w_ph(sum, b, a);
    mix((uint32_t)sum);
  }
  printf("second release %08x, control %08x\n", checksum, __builtin_mips_rddsp(63));
}
#else
static void second(void) {}
#endif

static void handler(int signal) {
  (void)signal;
  __builtin_mips_wrdsp(0, 63);
  long long a = __builtin_mips_mult(3, 4), b = __builtin_mips_mult(5, 6), c = __builtin_mips_mult(7, 8), d = __builtin_mips_mult(9, 10);
  mix((uint32_t)(a + b + c + d));
}

/* DSPControl and the accumulators are those of before after a handler that changed them. */
static void signals(void) {
  signal(SIGUSR1, handler);
  __builtin_mips_wrdsp(0x0a501234, 63);
  uint32_t before = __builtin_mips_rddsp(63);
  long long a = __builtin_mips_mult(1001, 1003), b = __builtin_mips_mult(-5, 77), c = __builtin_mips_multu(-1, 3);
  raise(SIGUSR1);
  printf("signals %d, %lld %lld %llx\n", before == (uint32_t)__builtin_mips_rddsp(63), a, b, c);
}

int main(void) {
  lanes();
  accumulators();
  bitStream();
  second();
  signals();
  return 0;
}
