import { adapterPaths } from './adapter-paths.js';
import { authorizationPaths } from './authorization-paths.js';
import { callPaths } from './call-paths.js';
import type { CanaryPath } from './canary-path.js';
import { commandPaths } from './command-paths.js';
import { everydayPaths } from './everyday-paths.js';
import { mistakePaths } from './mistake-paths.js';
import { providerPaths } from './provider-paths.js';
import { sealPaths } from './seal-paths.js';
import { storePaths } from './store-paths.js';

/** Every path, by what it is about. */
export const canaryPaths: Readonly<Record<string, readonly CanaryPath[]>> = {
  'everyday life': everydayPaths,
  'what a provider answers': providerPaths,
  'what a browser brings back': authorizationPaths,
  'calls of an API': callPaths,
  'what a database does': storePaths,
  'what is sealed': sealPaths,
  'adapters that break their law': adapterPaths,
  'programmers’ mistakes': mistakePaths,
  'the command line': commandPaths,
};
