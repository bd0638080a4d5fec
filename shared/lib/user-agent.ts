import { version } from '../../package.json';

/** Who asks. The build puts the version in, so that no file is read at run time. */
export const USER_AGENT = `ecs-watch/${version}`;
