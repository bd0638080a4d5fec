const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

const TESTS = join(__dirname, '../..');

/**
 * Suites that take long, the longest first. Begun last, one of them would keep one worker busy while the
 * others have nothing to do. Jest knows how long a suite took the last time, but a fresh clone has no last
 * time, and there it begins with the largest files.
 */
const LONG = [
  // It waits most of its time.
  'end-to-end/failing-regions',
  'deploy/command',
  'browser/page',
  'end-to-end/faults',
  'simulation/mistakes',
  'end-to-end/first-hour',
  'browser/page-states',
  'browser/page-in-trouble',
  'upgrade/spoiled-rows',
  'deploy/deploy',
  'browser/console',
  'commands/stopping',
  'end-to-end/doctor',
  'watch/rounds',
  'browser/page-keys',
  'end-to-end/notify',
  'end-to-end/box',
  'simulation/histories',
  'simulation/every-crash',
  'tidy/regular-expressions',
].map((name) => join(TESTS, `${name}.test.ts`));

class LongSuitesFirst extends Sequencer {
  sort(tests) {
    const gone = LONG.filter((path) => !existsSync(path));
    if (gone.length > 0) throw new Error(`LONG in ${__filename} names what is not there: ${gone}`);
    const placeOf = ({ path }) => (LONG.includes(path) ? LONG.indexOf(path) : LONG.length);
    return super.sort(tests).sort((one, other) => placeOf(one) - placeOf(other));
  }
}

module.exports = LongSuitesFirst;
