import { noticeMistakes } from './notice-mistakes.ts';

noticeMistakes({ share: 1, of: 2 });
