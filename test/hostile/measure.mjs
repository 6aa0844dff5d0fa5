// Loaded before the command line in a child process: writes what the process used to the file that KOSMO_TEST_USAGE names.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.KOSMO_TEST_USAGE, JSON.stringify({ rssMiB: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 }));
});
