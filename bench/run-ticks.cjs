// Runs ticks of a built watch function in a process of its own. The arguments are the bundle and the
// number of ticks. After each tick a message to the parent reports the peak memory so far.
const { readFileSync } = require('node:fs');

const [bundle, ticks] = process.argv.slice(2);
const { handler } = require(bundle);

async function main() {
  for (let tick = 0; tick < Number(ticks); tick += 1) {
    const { ok } = await handler(Buffer.from('{}'), {});
    process.send({ ok, peakKilobytes: peakKilobytes() });
  }
  process.disconnect();
}

// Linux counts the memory of the process that forked this one into `maxRSS`, so that a large
// parent hides a small child; the high-water mark starts from zero with each program.
function peakKilobytes() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

void main();
