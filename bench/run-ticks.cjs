// Ticks of a built watch function in a process of its own, and what they cost it: the arguments are
// the bundle and how many; a message to the parent tells of each.
const [bundle, ticks] = process.argv.slice(2);
const { handler } = require(bundle);

async function main() {
  for (let tick = 0; tick < Number(ticks); tick += 1) {
    const { ok, units } = await handler(Buffer.from('{}'), {});
    const { maxRSS: peakKilobytes } = process.resourceUsage();
    process.send({ ok, units, peakKilobytes });
  }
  process.disconnect();
}

void main();
