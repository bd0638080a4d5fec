import { version } from '../../package.json';

/** Of the product. The build puts it in, so that no file is read at run time. */
export const VERSION: string = version;
