import { bundleFunctions } from './bundle.ts';

/** `npm run build`: one self-contained folder a function, as `s deploy` uploads it. */
void bundleFunctions().then((bundles) => {
  for (const { name, bytes } of bundles) {
    console.log(`dist/${name}/index.js  ${Math.round(bytes / 1024)} KB`);
  }
});
