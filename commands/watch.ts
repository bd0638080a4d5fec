import { watchHandler } from '../functions/watch/index.ts';
import { ConfigError } from '../shared/config/environment.ts';
import { CredentialsError } from '../shared/fc/credentials.ts';

/**
 * `npm run watch -- --once`: one tick on the cloud that the environment points to. The report is
 * one JSON line on standard output; logs go to standard error. Exit code 0: the tick succeeded;
 * 1: it did not; 2: the configuration is bad and nothing was started.
 */
async function main(args: readonly string[]): Promise<number> {
  if (args.length !== 1 || args[0] !== '--once') {
    console.error('Usage: npm run watch -- --once');
    return 2;
  }
  const handler = watchHandler(process.env, (line) => console.error(line));
  try {
    const report = await handler(Buffer.from('{}'), {});
    console.log(JSON.stringify(report));
    return report.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof CredentialsError)) throw error;
    console.error(error.message);
    return 2;
  }
}

// Sockets that are kept alive for the next tick must not keep a single one running.
void main(process.argv.slice(2)).then((code) => process.exit(code));
