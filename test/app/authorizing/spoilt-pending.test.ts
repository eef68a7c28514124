import { describe, expect, it } from 'vitest';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { swapPorts } from '../../../src/app/container/swap-ports.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import { centryKey, failureOf, makeScene } from '../llavero-fixture.js';

describe('a pending authorization that somebody else has written into the store', () => {
  it.each(['', '/', 'no key at all', `centry/${'x'.repeat(600)}`, 'centry/a\u0000'])(
    'is refused when its key %j is none',
    async (key) => {
      const inner = memoryStore();
      const spoilt: TokenStore = {
        ...inner,
        putPending: (pending, nowMs) => inner.putPending({ ...pending, key }, nowMs),
      };
      const { llavero, http } = makeScene({ overrides: [swapPorts({ tokenStore: spoilt })] });
      const { state } = await llavero.authorize(centryKey);
      const { reason } = await failureOf(llavero.callback(`?code=code&state=${state}`));
      expect(reason).toEqual({ _tag: 'StateMismatch', why: 'unknown' });
      expect(http.requests).toEqual([]);
    },
  );
});
