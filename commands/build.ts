import { bundleFunctions } from './bundle.ts';

/** `npm run build`: one self-contained folder a function, as `s deploy` uploads it. */
void bundleFunctions().then((files) => {
  for (const { path, bytes } of files) {
    console.log(`dist/${path}  ${Math.round(bytes / 1024)} KB`);
  }
});
