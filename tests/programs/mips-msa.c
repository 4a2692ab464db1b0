/* The SIMD architecture: loops that gcc vectorises, built-in functions, control registers, and vector registers across signals. */
#include <msa.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define N 1024

static int8_t bytes[N], moreBytes[N];
static uint16_t halves[N], moreHalves[N];
static int32_t words[N], moreWords[N];
static int64_t longs[N];
static float singles[N], moreSingles[N];
static double doubles[N], moreDoubles[N];

static uint32_t state = 12345;

static uint32_t next(void) {
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}

static void fill(void) {
  for (int i = 0; i < N; i++) {
    bytes[i] = next();
    moreBytes[i] = next();
    halves[i] = next();
    moreHalves[i] = next();
    words[i] = next() * 257;
    moreWords[i] = (next() & 0xff) + 1;
    longs[i] = (int64_t)next() * (int32_t)next();
    singles[i] = (int32_t)next() / 3.0f - 10000;
    moreSingles[i] = next() % 1000 + 0.25f;
    doubles[i] = (int32_t)next() / 7.0 - 1000000;
    moreDoubles[i] = next() % 1000 + 0.125;
  }
}

static uint64_t checksum(const void *data, size_t size) {
  uint64_t sum = 14695981039346656037ull;
  const uint32_t *p = data;
  for (size_t i = 0; i < size / 4; i++) sum = (sum ^ p[i]) * 1099511628211ull;
  return sum;
}

/* Bytes and halfwords through their values, so that the byte order makes no difference. */
static uint64_t valuesOf(void) {
  uint64_t sum = 1;
  for (int i = 0; i < N; i++) sum = sum * 31 + (uint8_t)bytes[i] * 3 + halves[i] * 7 + (uint64_t)longs[i];
  return sum;
}

static void loops(void) {
  for (int i = 0; i < N; i++) bytes[i] = bytes[i] > moreBytes[i] ? bytes[i] : moreBytes[i];
  for (int i = 0; i < N; i++) halves[i] = halves[i] * moreHalves[i] + (halves[i] >> 3);
  for (int i = 0; i < N; i++) words[i] = (words[i] << 3) / moreWords[i] ^ words[i] % moreWords[i];
  for (int i = 0; i < N; i++) longs[i] = longs[i] * 3 + (longs[i] >> 5);
  for (int i = 0; i < N; i++) singles[i] = singles[i] * moreSingles[i] + 1.5f;
  for (int i = 0; i < N; i++) doubles[i] = doubles[i] / moreDoubles[i] - 0.5;
  long sum = 0;
  for (int i = 0; i < N; i++) sum += bytes[i] * moreBytes[i];
  printf("loops %016llx %016llx %016llx %016llx %ld\n", (unsigned long long)valuesOf(), (unsigned long long)checksum(words, sizeof words),
         (unsigned long long)checksum(singles, sizeof singles), (unsigned long long)checksum(moreWords, sizeof moreWords), sum);
  double total = 0;
  for (int i = 0; i < N; i++) total += doubles[i];
  printf("total %.17g\n", total);
}

static void printVector(const char *name, v4u32 v) {
  printf("%s %08x %08x %08x %08x\n", name, v[0], v[1], v[2], v[3]);
}

static void builtins(void) {
  v16i8 a = __builtin_msa_ld_b(bytes, 16), b = __builtin_msa_ld_b(moreBytes, 32);
  v8i16 h = __builtin_msa_ld_h(halves, 0);
  v4i32 w = __builtin_msa_ld_w(words, 48);
  v4f32 f = (v4f32)__builtin_msa_ld_w(singles, 0), g = (v4f32)__builtin_msa_ld_w(moreSingles, 0);
  v2f64 d = (v2f64)__builtin_msa_ld_d(doubles, 0);
  printVector("dot product", (v4u32)__builtin_msa_dotp_s_w(h, h));
  printVector("fraction", (v4u32)__builtin_msa_mulr_q_w(w, w));
  printVector("bits", (v4u32)__builtin_msa_nlzc_w(w));
  printVector("fused", (v4u32)__builtin_msa_fmadd_w(f, f, g));
  printVector("class", (v4u32)__builtin_msa_fclass_w(f));
  printVector("integer", (v4u32)__builtin_msa_ftint_s_w(f));
  printVector("root", (v4u32)__builtin_msa_fsqrt_w(g));
  printf("bytes %d %d, %d\n", __builtin_msa_copy_s_b(__builtin_msa_adds_s_b(a, b), 3),
         __builtin_msa_copy_u_b(__builtin_msa_vshf_b(a, b, a), 5), __builtin_msa_bnz_v((v16u8)a));
  printf("doubles %.17g %lld\n", __builtin_msa_fmadd_d(d, d, d)[1], (long long)__builtin_msa_ftrunc_s_d(d)[0]);
}

static void handler(int signal) {
  (void)signal;
  v16i8 x = __builtin_msa_fill_b(0x55);
  __asm__ volatile("move.v $w0, %w0\n\tmove.v $w17, %w0\n\tmove.v $w31, %w0" ::"f"(x) : "$f0", "$f17", "$f31");
  __builtin_msa_ctcmsa(1, 1);
}

/* All 128 bits of vector registers, and MSACSR, are those of before. */
static void signals(void) {
  v4i32 x = __builtin_msa_fill_w(0x12345678), y, z;
  signal(SIGUSR1, handler);
  __builtin_msa_ctcmsa(1, 2);
  x[1] = 0x1111;
  x[2] = 0x2222;
  x[3] = 0x3333;
  register int pid __asm__("$4") = getpid();
  register int number __asm__("$5") = SIGUSR1;
  register int call __asm__("$2") = 4037;
  __asm__ volatile(
      "move.v $w17, %w4\n\tmove.v $w31, %w4\n\tsyscall\n\tmove.v %w0, $w17\n\tmove.v %w1, $w31"
      : "=&f"(y), "=&f"(z), "+r"(call), "+r"(pid)
      : "f"(x), "r"(number)
      : "$f17", "$f31", "$7", "memory", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25");
  printVector("across a signal", (v4u32)y);
  printVector("across a signal", (v4u32)z);
  printf("control %x\n", __builtin_msa_cfcmsa(1));
  __builtin_msa_ctcmsa(1, 0);
}

#define DIVISION_ENABLED (8 << 7)

/* Rounding, flushing, flags, and exceptions that show in results instead of trapping. */
static void environment(void) {
  v4f32 x = {1, -1, 1e-30f, 3}, y = {3, 3, 1e-10f, 0};
  for (int status = 0; status < 4; status++) {
    __builtin_msa_ctcmsa(1, status);
    v4u32 quotient = (v4u32)__builtin_msa_fdiv_w(x, y);
    printVector("rounded", quotient);
    printf("status %x\n", __builtin_msa_cfcmsa(1));
  }
  __builtin_msa_ctcmsa(1, 1 << 24);
  printVector("flushed", (v4u32)__builtin_msa_fmul_w(x, y));
  printf("status %x\n", __builtin_msa_cfcmsa(1));
  __builtin_msa_ctcmsa(1, 1 << 18 | DIVISION_ENABLED);
  printVector("told", (v4u32)__builtin_msa_fdiv_w(x, y));
  printf("status %x\n", __builtin_msa_cfcmsa(1));
  __builtin_msa_ctcmsa(1, 0);
}

static sigjmp_buf before;

static void trapped(int number, siginfo_t *info, void *context) {
  (void)context;
  printf("signal %d, code %d, status %x\n", number, info->si_code, __builtin_msa_cfcmsa(1));
  siglongjmp(before, 1);
}

/* Linux tells no more than SI_KERNEL, and clears the causes. */
static void traps(void) {
  struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};
  sigaction(SIGFPE, &action, 0);
  v4f32 x = {1, 1, 1, 1}, y = {3, 3, 3, 0};
  if (sigsetjmp(before, 1) == 0) {
    __builtin_msa_ctcmsa(1, DIVISION_ENABLED);
    printVector("not reached", (v4u32)__builtin_msa_fdiv_w(x, y));
  }
  __builtin_msa_ctcmsa(1, 0);
}

/* With an argument the part that qemu 7.2 does not get right: it keeps no vector registers in signal frames. */
int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) {
    signals();
    traps();
    return 0;
  }
  fill();
  loops();
  builtins();
  environment();
  return 0;
}
