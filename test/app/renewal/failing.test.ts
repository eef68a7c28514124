import { describe, expect, it } from 'vitest';
import type { CredentialStatus } from '../../../src/domain/account-state.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  failureOf,
  makeScene,
  minuteMs,
  secondMs,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer, oauthError } from '../provider-answers.js';

/** What jmondi's and LemonLDAP's servers say of a dead refresh token. */
const refusal = oauthError('invalid_request');

const refused = async (): Promise<Scene> => {
  const scene = await authorizedCentry();
  await scene.clock.advance(centryLifeMs);
  scene.http.handle(() => refusal);
  return scene;
};

const listed = async ({ llavero }: Scene): Promise<readonly CredentialStatus[]> => {
  const found: CredentialStatus[] = [];
  for await (const status of llavero.list({ state: 'failing' })) found.push(status);
  return found;
};

describe('an account without a valid token whose renewals are refused without a verdict', () => {
  it('is failing, in status and in list, with how often in a row', async () => {
    const scene = await refused();
    const { llavero, clock } = scene;
    for (let count = 1; count <= 5; count += 1) {
      const error = await failureOf(llavero.token(centryKey));
      expect(error.code).toBe('ERR_REQUEST_REJECTED');
      const status = await llavero.status(centryKey);
      expect(status).toMatchObject({ state: 'failing', lastFailure: { code: 'ERR_REQUEST_REJECTED', count } });
      expect(await listed(scene)).toEqual([status]);
      await clock.advance(minuteMs);
    }
  });

  it('is told to be failing by an event', async () => {
    const { llavero, eventsOf } = await refused();
    await codeOf(llavero.token(centryKey));
    expect(eventsOf('renewal_failed').map(({ code, state }) => [code, state])).toEqual([
      ['ERR_REQUEST_REJECTED', 'failing'],
    ]);
  });

  it('keeps its grant and is tried again, until a token ends it', async () => {
    const scene = await refused();
    const { llavero, clock, http } = scene;
    for (let minute = 0; minute < 60; minute += 1) {
      await codeOf(llavero.token(centryKey));
      await clock.advance(minuteMs);
    }
    http.handle(() => centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect((await llavero.status(centryKey)).state).toBe('ready');
    expect(await listed(scene)).toEqual([]);
  });

  it('was ready as long as its token was valid, though its renewals failed already', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs - 20 * secondMs);
    http.handle(() => refusal);
    await llavero.token(centryKey);
    expect(await llavero.status(centryKey)).toMatchObject({ state: 'ready', lastFailure: { count: 1 } });
    await clock.advance(20 * secondMs);
    expect((await llavero.status(centryKey)).state).toBe('failing');
  });

  it('is failing before its first token, where it needs no person', async () => {
    const { llavero, clock, http } = makeScene();
    await llavero.register({ provider: 'citrusad' });
    http.answer({ status: 404 });
    await codeOf(llavero.token(citrusKey));
    expect((await llavero.status(citrusKey)).state).toBe('failing');
    await clock.advance(secondMs);
    http.answer(citrusAnswer(1));
    await llavero.token(citrusKey);
    expect((await llavero.status(citrusKey)).state).toBe('ready');
  });

  it('is failing as soon as an API has refused the token that would still be valid', async () => {
    const { llavero, http } = await authorizedCentry();
    http.handle(() => refusal);
    await llavero.invalidate(centryKey, await llavero.token(centryKey));
    await codeOf(llavero.token(centryKey));
    expect((await llavero.status(centryKey)).state).toBe('failing');
  });
});
