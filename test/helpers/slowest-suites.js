const { relative } = require('node:path');

const SHOWN = 10;

/** Prints the suites that took longest, so that `npm test` shows where its time goes. */
class SlowestSuites {
  onRunComplete(_contexts, { testResults }) {
    const suites = testResults.map(({ testFilePath, perfStats: { start, end } }) => ({
      file: relative(process.cwd(), testFilePath),
      seconds: (end - start) / 1000,
    }));
    if (suites.length < 2) return;
    suites.sort((one, other) => other.seconds - one.seconds);
    const lines = suites
      .slice(0, SHOWN)
      .map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${file}\n`);
    process.stderr.write(`\nThe slowest suites:\n${lines.join('')}`);
  }
}

module.exports = SlowestSuites;
