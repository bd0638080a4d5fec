import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../shared/config/environment.ts';
import { ROOT } from '../bundle.ts';
import { BUILD_VARIABLE, describedAs } from './build-of.ts';
import { overlayOf } from './core/overlay.ts';
import { type FunctionTemplate, functionsOf, type Resource } from './core/template.ts';

/** The functions as a deployment from this checkout would make them. */
export interface WantedFunctions {
  readonly functions: Readonly<Record<Resource, FunctionTemplate>>;
  /** What s.yaml and the overlay are filled in with. */
  readonly environment: Environment;
  /** What the environment switches on beside s.yaml. It may hold a private key. */
  readonly overlay: string | undefined;
}

/** `code`: what the code in the bundles is called; undefined: it does not matter. */
export function wantedFunctions(given: Environment, code: string | undefined): WantedFunctions {
  const overlay = overlayOf(given);
  const templates = [
    readFileSync(join(ROOT, 's.yaml'), 'utf8'),
    ...(overlay === undefined ? [] : [overlay]),
  ];
  const functions = functionsOf(templates, given);
  if (code === undefined) return { functions, environment: given, overlay };
  const environment = { ...given, [BUILD_VARIABLE]: describedAs(code, functions) };
  return { functions: functionsOf(templates, environment), environment, overlay };
}
