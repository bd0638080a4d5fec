/** As in package.json: a test compares them. The bundle of a function holds no other file. */
const VERSION = '0.1.0';

/** Sent with every request: some firewalls refuse a client without a name. */
export const USER_AGENT = `ecs-watch/${VERSION}`;
