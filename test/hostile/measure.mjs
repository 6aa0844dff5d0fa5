// Loaded before the command line in a child process: writes what the process used to the file that KOSMO_TEST_USAGE names.
import { readFileSync, writeFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

// Of the main thread, where the system tells: helpers of the garbage collector work beside it and keep nobody waiting.
function mainThreadCpuMs() {
  try {
    const fields = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1000;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

process.on('exit', () => {
  const usage = { rssMiB: process.resourceUsage().maxRSS / 1024, cpuMs: mainThreadCpuMs() };
  writeFileSync(process.env.KOSMO_TEST_USAGE, JSON.stringify(usage));
});
