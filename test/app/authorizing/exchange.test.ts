import { describe, expect, it } from 'vitest';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import {
  accessOf,
  callLoosely,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  failureOf,
  makeScene,
  secondMs,
  sent,
  trayKey,
} from '../llavero-fixture.js';
import { canary, centryAnswer, oauthError, secretsOf, trayAnswer } from '../provider-answers.js';

const apiAddress = 'https://shop.example.com/web_api';
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob';

describe('exchange', () => {
  it('takes a code of Centry that was shown on the screen, with the out-of-band redirect URI', async () => {
    const preset = centry({ clientId: 'id', clientSecret: `${canary}-secret`, redirectUri: outOfBand });
    const { llavero, http } = makeScene({ providers: [preset] });
    http.answer(centryAnswer(1));
    const token = await llavero.exchange(centryKey, { code: ` ${canary}-code\n` });
    expect(accessOf(token)).toBe(secretsOf(1).access);
    expect(sent(http, 0, 'redirect_uri')).toBe(outOfBand);
    expect(sent(http, 0, 'code')).toBe(`${canary}-code`);
  });

  it.each([
    ['https://app.example.com/centry?code=4%2F0Ab%3D&state=xyz', '4/0Ab='],
    [`${outOfBand}?code=abc`, 'abc'],
    ['code=abc&state=xyz', 'abc'],
    ['4/0Ab=', '4/0Ab='],
  ])('takes the code out of the whole address that was pasted: %s', async (pasted, code) => {
    const { llavero, http } = makeScene();
    http.answer(centryAnswer(1));
    await llavero.exchange(centryKey, { code: pasted });
    expect(sent(http, 0, 'code')).toBe(code);
    expect(sent(http, 0, 'redirect_uri')).toBe('https://app.example.com/centry');
  });

  it('takes it out of Tray’s address as well, and believes no API address in it', async () => {
    const { llavero, clock, http } = makeScene();
    const pasted = 'https://app.example.com/tray?code=abc&api_address=https%3A%2F%2Fevil.example.org%2Fweb_api';
    await expect(llavero.exchange(trayKey, { code: pasted })).rejects.toThrow('needs apiAddress');
    http.answer(trayAnswer(1, clock.nowMs()));
    await llavero.exchange(trayKey, { code: pasted, apiAddress });
    expect(sent(http, 0, 'code')).toBe('abc');
    expect(http.requests.at(0)?.url).toBe(`${apiAddress}/auth`);
  });

  it('gives the error that stands in a pasted address, and asks for a code where none does', async () => {
    const { llavero, http } = makeScene();
    const denied = 'https://app.example.com/centry?error=access_denied&state=xyz';
    expect(await codeOf(llavero.exchange(centryKey, { code: denied }))).toBe('ERR_ACCESS_DENIED');
    const bare = llavero.exchange(centryKey, { code: `https://app.example.com/centry?state=${canary}` });
    await expect(bare).rejects.toThrow(TypeError);
    await expect(bare).rejects.toThrow(/paste the code alone, or the address that the browser came back to/);
    await expect(bare).rejects.not.toThrow(canary);
    expect(http.requests).toEqual([]);
  });

  it('takes another redirect URI for one time', async () => {
    const { llavero, http } = makeScene();
    http.answer(centryAnswer(1));
    await llavero.exchange(centryKey, { code: 'c', redirectUri: outOfBand });
    expect(sent(http, 0, 'redirect_uri')).toBe(outOfBand);
  });

  it('binds the address of Tray’s shop that it is given: renewals go there', async () => {
    const { llavero, another, clock, http } = makeScene();
    http.answer(trayAnswer(1, clock.nowMs()));
    await llavero.exchange(trayKey, { code: 'c', apiAddress: 'shop.example.com' });
    expect(http.requests.at(0)?.url).toBe(`${apiAddress}/auth`);
    await clock.advance(3 * 3_600_000);
    http.answer(trayAnswer(2, clock.nowMs()));
    expect((await another().token(trayKey)).generation).toBe(2);
    expect(http.requests.at(1)?.url).toBe(`${apiAddress}/auth`);
  });

  it('knows the address of Tray’s shop from register, and is a TypeError without any', async () => {
    const { llavero, clock, http } = makeScene();
    await expect(llavero.exchange(trayKey, { code: 'c' })).rejects.toThrow(TypeError);
    await expect(llavero.exchange(trayKey, { code: 'c' })).rejects.toThrow(
      `exchange() of ${trayKey} needs apiAddress, here or in register()`,
    );
    await llavero.register({ provider: 'tray', account: '391250', apiAddress });
    http.answer(trayAnswer(1, clock.nowMs()));
    expect((await llavero.exchange(trayKey, { code: 'c' })).attributes['apiHost']).toBe(apiAddress);
  });

  it('refuses an address that secrets may not be sent to', async () => {
    const { llavero, http } = makeScene();
    for (const address of ['http://shop.example.com/web_api', 'https://10.0.0.1/web_api', 'https://localhost']) {
      expect(await codeOf(llavero.exchange(trayKey, { code: 'c', apiAddress: address }))).toBe('ERR_UNTRUSTED_ADDRESS');
    }
    expect(http.requests).toEqual([]);
  });

  it('keeps the credential fields that were registered meanwhile, and adds the bound address to them', async () => {
    const { llavero, clock, http } = makeScene();
    await llavero.register({ provider: 'tray', account: '391250', consumerKey: 'first' });
    const held = http.hold();
    const exchanging = llavero.exchange(trayKey, { code: 'c', apiAddress });
    await held.arrived;
    await llavero.register({ provider: 'tray', account: '391250', consumerSecret: `${canary}-second` });
    held.release(trayAnswer(1, clock.nowMs()));
    expect((await exchanging).generation).toBe(1);
    http.answer(trayAnswer(2, clock.nowMs()));
    await llavero.exchange(trayKey, { code: 'd' });
    expect(sent(http, 1, 'consumer_secret')).toBe(`${canary}-second`);
    expect(http.requests.at(1)?.url).toBe(`${apiAddress}/auth`);
  });

  it('lifts reauthorization_required, and clears the last failure', async () => {
    const { llavero, clock, http } = makeScene();
    http.answer(centryAnswer(1));
    await llavero.exchange(centryKey, { code: 'c' });
    await clock.advance(centryLifeMs);
    http.answer(oauthError('invalid_grant'));
    await codeOf(llavero.token(centryKey));
    expect((await llavero.status(centryKey)).lastFailure?.code).toBe('ERR_REAUTHORIZATION_REQUIRED');
    http.answer(centryAnswer(2));
    await llavero.exchange(centryKey, { code: 'd' });
    const status = await llavero.status(centryKey);
    expect(status).toMatchObject({ state: 'ready', generation: 2 });
    expect(Object.hasOwn(status, 'lastFailure')).toBe(false);
  });

  it.each([[undefined], [{}], [{ code: '' }], [{ code: '  ' }], [{ code: 42 }]])(
    'is a TypeError for %j, and sends nothing',
    async (input) => {
      const { llavero, http } = makeScene();
      const exchanged = callLoosely(llavero, 'exchange', centryKey, input);
      await expect(exchanged).rejects.toThrow(
        new TypeError(
          'exchange(key, { code }): code must be the text that the provider showed, or the address that it sent the browser to',
        ),
      );
      expect(http.requests).toEqual([]);
    },
  );

  it('is a TypeError for a grant that takes no code', async () => {
    const { llavero } = makeScene();
    await expect(llavero.exchange(citrusKey, { code: 'c' })).rejects.toThrow(
      new TypeError(`${citrusKey} takes no code: its grant is client_credentials; call token()`),
    );
  });

  it('beats a renewal under way: the late token of the old grant is discarded', async () => {
    const { llavero, clock, http, eventsOf } = makeScene();
    http.answer(centryAnswer(1));
    await llavero.exchange(centryKey, { code: 'c' });
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const renewing = llavero.token(centryKey);
    await held.arrived;
    http.answer(centryAnswer(7));
    await llavero.exchange(centryKey, { code: 'd' });
    held.release(centryAnswer(2));
    expect(accessOf(await renewing)).toBe(secretsOf(7).access);
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(7).access);
    expect(eventsOf('token_discarded')).toMatchObject([{ generation: 1 }]);
  });

  it('lets its caller go when its patience ends, and commits the answer that comes later', async () => {
    const { llavero, clock, http } = makeScene({ policy: { patienceMs: 3 * secondMs } });
    const held = http.hold();
    const exchanging = failureOf(llavero.exchange(centryKey, { code: 'c' }));
    await held.arrived;
    await clock.advance(3 * secondMs - 1);
    expect(await Promise.race([exchanging, Promise.resolve('waiting')])).toBe('waiting');
    await clock.advance(1);
    const failure = await exchanging;
    expect(failure).toMatchObject({
      code: 'ERR_PROVIDER_UNAVAILABLE',
      retryable: false,
      reason: { _tag: 'ProviderUnavailable', startAgain: true },
    });
    expect(failure.message).toContain('status() tells whether a token came of it');
    await clock.advance(12 * secondMs);
    held.release(centryAnswer(1));
    await clock.advance(0);
    expect(await llavero.status(centryKey)).toMatchObject({ state: 'ready', generation: 1 });
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(1).access);
    expect(http.requests).toHaveLength(1);
  });

  it('counts the generation on', async () => {
    const { llavero, http } = makeScene();
    for (const generation of [1, 2, 3]) {
      http.answer(centryAnswer(generation));
      expect((await llavero.exchange(centryKey, { code: 'c' })).generation).toBe(generation);
    }
  });
});
