import { describe, expect, it } from 'vitest';
import { citrusAd } from '../../../src/adapters/providers/citrus-ad/citrus-ad.js';
import { citrusKey, makeScene, minuteMs } from '../llavero-fixture.js';
import { canary } from '../provider-answers.js';

const preset = citrusAd({
  baseUrl: 'https://one.citrusad.com',
  clientId: 'id',
  clientSecret: `${canary}-secret`,
  apiKey: `${canary}-key`,
});

/** A machine that sleeps stops its monotonic clock, and not the time of day. */
describe('an API key, after a sleep during which the monotonic clock stood still', () => {
  it.each([30 * minuteMs, -30 * minuteMs])(
    'goes where another process registered it meanwhile, the wall clock standing %i ms from where it was',
    async (byMs) => {
      const heard: string[] = [];
      const fetch: typeof globalThis.fetch = (input) => {
        heard.push(new Request(input).url);
        return Promise.resolve(new Response('{}'));
      };
      const { llavero, another, clock } = makeScene({ providers: [preset], fetch });
      await llavero.register({ provider: 'citrusad' });
      const asleep = another();
      await asleep.fetch(citrusKey, '/orders');
      await llavero.register({ provider: 'citrusad', baseUrl: 'https://two.citrusad.com' });
      clock.setWallClock(clock.nowMs() + byMs);
      await asleep.fetch(citrusKey, '/orders');
      expect(heard).toEqual(['https://one.citrusad.com/v1/orders', 'https://two.citrusad.com/v1/orders']);
    },
  );
});
