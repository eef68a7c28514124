import { loadTesting } from './library.mjs';
import { answer } from './measuring/processes.mjs';

const { standInCentry } = await loadTesting();
/** @type {import('llavero/testing').StandInCentry | undefined} */
let standIn;

const started = () => {
  if (standIn === undefined) throw new Error('start comes first');
  return standIn;
};

answer({
  /** An authorization server that thinks about every token request for so long, and takes each refresh token once. */
  start: async (/** @type {number} */ delayMs) => {
    standIn = await standInCentry({ rotation: 'strict' });
    standIn.inject({ kind: 'delay', ms: delayMs }, { times: Number.MAX_SAFE_INTEGER });
    return standIn.settings;
  },
  code: () => started().issueCode(),
  requests: () => started().requests.length,
});
