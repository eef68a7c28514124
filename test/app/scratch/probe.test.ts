import { it } from 'vitest';
import { authorizedTray, hourMs, minuteMs, codeOf, trayKey, authorizedCentry, centryKey, centryLifeMs, secondMs, makeScene, citrusKey } from '../llavero-fixture.js';
import { oauthError, centryAnswer } from '../provider-answers.js';
it('sweep of dead', async () => {
  const { llavero, clock } = await authorizedTray();
  await clock.advance(31 * 24 * hourMs);
  for (let i = 0; i < 3; i += 1) { console.log(await llavero.sweep()); await clock.advance(minuteMs); }
  console.log(await llavero.status(trayKey));
});
it('sweep of dead keepWarm', async () => {
  const s = makeScene();
  s.http.answer(centryAnswer(1, { refresh_token: undefined }));
  await s.llavero.exchange(centryKey, { code: 'c' });
  await s.clock.advance(centryLifeMs);
  for (let i = 0; i < 3; i += 1) { console.log(await s.llavero.sweep({ keepWarm: true })); await s.clock.advance(minuteMs); }
});
it('unresolved then refresh expired', async () => {
  const { llavero, clock, http } = await authorizedTray({ policy: { recovery: 'probe-once' } });
  await clock.advance(30 * 24 * hourMs - minuteMs);
  http.fail('Unknown', 'ETIMEDOUT');
  console.log(await codeOf(llavero.token(trayKey)));
  await clock.advance(hourMs);
  console.log(await codeOf(llavero.token(trayKey)), (await llavero.status(trayKey)).state);
  for (let i = 0; i < 2; i += 1) { console.log(await llavero.sweep()); await clock.advance(minuteMs); }
});
