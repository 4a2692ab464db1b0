/** npx tsx tests/acceptance/fetch.ts [PACKAGE...]: fills the acceptance tests' sysroot; more packages run more rows. */
import { BASE_PACKAGES, fetchSysroot, SYSROOT } from './sysroot';

try {
  fetchSysroot([...BASE_PACKAGES, ...process.argv.slice(2)]);
  process.stdout.write(`${SYSROOT}\n`);
} catch (error) {
  process.stderr.write(`fetch: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
