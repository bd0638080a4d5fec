import { noticeMistakes } from './notice-mistakes.ts';

noticeMistakes({ share: 2, of: 2 });
