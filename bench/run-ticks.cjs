// Runs ticks of a built function in a process of its own. The arguments are the bundle, the number
// of ticks and the context as JSON. Each tick starts with a message of the parent, and the answer holds
// its report and the peak memory so far.
const { once } = require('node:events');
const { readFileSync } = require('node:fs');

const [bundle, ticks, context] = process.argv.slice(2);
const { handler } = require(bundle);

async function main() {
  for (let tick = 0; tick < Number(ticks); tick += 1) {
    await once(process, 'message');
    const report = await handler(Buffer.from('{}'), JSON.parse(context));
    process.send({ report, peakKilobytes: peakKilobytes() });
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
