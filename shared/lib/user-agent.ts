import { VERSION } from './version.ts';

/** Who asks. */
export const USER_AGENT = `ecs-watch/${VERSION}`;
