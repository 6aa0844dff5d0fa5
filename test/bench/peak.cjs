// Loaded before a process whose peak memory is measured.
process.on('exit', () => process._rawDebug(String(process.resourceUsage().maxRSS)));
