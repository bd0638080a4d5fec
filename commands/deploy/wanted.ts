import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../shared/config/environment.ts';
import { ROOT } from '../bundle.ts';
import { readWatchFile } from '../watch-file/read.ts';
import { BUILD_VARIABLE, describedAs } from './build-of.ts';
import { NAMES_VARIABLE, namesIn } from './core/names-within.ts';
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

/**
 * `code`: what the code in the bundles is called; undefined: it does not matter.
 * @throws {ConfigError} for a file at WATCH_CONFIG that is wrong
 */
export function wantedFunctions(given: Environment, code: string | undefined): WantedFunctions {
  const overlay = overlayOf(given);
  const templates = [
    readFileSync(join(ROOT, 's.yaml'), 'utf8'),
    ...(overlay === undefined ? [] : [overlay]),
  ];
  const named = { ...given, [NAMES_VARIABLE]: namesIn(readWatchFile(given)) };
  const functions = functionsOf(templates, named);
  if (code === undefined) return { functions, environment: named, overlay };
  const environment = { ...named, [BUILD_VARIABLE]: describedAs(code, functions) };
  return { functions: functionsOf(templates, environment), environment, overlay };
}
