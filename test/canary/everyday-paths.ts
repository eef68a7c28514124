import type { CanaryPath } from './canary-path.js';
import { connect, listed, mustEnd } from './everyday-steps.js';
import { nobodyListens, refusals, type HostileServer } from './hostile-servers.js';
import type { Stage } from './stage.js';
import { vendorNames, type VendorName } from './vendors.js';
import type { Fault } from '../../src/testing/stand-ins/server/fault.js';

const dayMs = 86_400_000;

const wholeLife = async (stage: Stage): Promise<string> => {
  const { key } = stage.vendor;
  const llavero = await connect(stage);
  await mustEnd(
    'ok',
    stage.end(() => llavero.ready()),
  );
  await mustEnd(
    'ok',
    stage.end(() => Promise.all([1, 2, 3].map(() => llavero.token(key)))),
  );
  const token = await llavero.token(key, { force: true });
  stage.watch(token);
  stage.ahead(1_000);
  await mustEnd(
    'ok',
    stage.end(() => llavero.invalidate(key, token)),
  );
  await mustEnd(
    'ok',
    stage.end(() => llavero.token(key)),
  );
  stage.watch(llavero.peek(key));
  stage.ahead(dayMs / 2);
  await mustEnd(
    'ok',
    stage.end(() => llavero.sweep({ keepWarm: true })),
  );
  await mustEnd(
    'ok',
    stage.end(() => listed(llavero)),
  );
  await mustEnd(
    'ok',
    stage.end(() => llavero.reseal()),
  );
  await mustEnd(
    'ok',
    stage.end(() => llavero.revoke(key)),
  );
  await mustEnd(
    'ok',
    stage.end(() => llavero.status(key)),
  );
  return stage.end(() => llavero.remove(key));
};

const sweepAt = async (stage: Stage, server: HostileServer): Promise<string> => {
  await connect(stage);
  const at = await server.start(stage);
  const llavero = stage.open({ at });
  await stage.vendor.move(llavero, at);
  stage.ahead(dayMs / 2);
  const report = await llavero.sweep({ keepWarm: true });
  stage.watch(report);
  await stage.end(() => listed(llavero));
  return `${report.failed} of ${report.due} failed`;
};

const revokeAt = async (stage: Stage, server: HostileServer): Promise<string> => {
  await connect(stage);
  const at = await server.start(stage);
  const llavero = stage.open({ at });
  await stage.vendor.move(llavero, at);
  const end = await stage.end(() => llavero.revoke(stage.vendor.key));
  await stage.end(() => llavero.status(stage.vendor.key));
  return end;
};

/** The stand-in itself goes wrong, once, after it has let the account in. */
const meetFault = async (stage: Stage, fault: Fault): Promise<string> => {
  const llavero = await connect(stage);
  const injected = stage.vendor.standIn.inject(fault);
  stage.later(injected.release);
  const end = await stage.end(() => llavero.token(stage.vendor.key, { force: true }));
  await stage.end(() => llavero.status(stage.vendor.key));
  return end;
};

const once = (name: string, ends: string, play: (stage: Stage) => Promise<string>): readonly CanaryPath[] =>
  vendorNames.map((vendor) => ({ name, vendor, ends, play }));

const unknownTo = (vendor: VendorName): string =>
  vendor === 'citrusAd' ? 'ERR_PROVIDER_UNAVAILABLE' : 'ERR_OUTCOME_UNKNOWN';

const stumbles: readonly (readonly [string, Fault, (vendor: VendorName) => string])[] = [
  ['is dropped before it is processed', { kind: 'drop', when: 'before' }, unknownTo],
  ['is dropped after it was processed', { kind: 'drop', when: 'after' }, unknownTo],
  ['is answered by half', { kind: 'truncate' }, unknownTo],
  ['meets a bad gateway', { kind: 'bad-gateway', processed: true }, unknownTo],
  ['meets a limit', { kind: 'rate-limit', retryAfter: 1 }, () => 'ERR_RATE_LIMITED'],
  [
    'is answered with its own token as the type',
    { kind: 'edit', edit: (answer) => ({ ...answer, token_type: answer['access_token'] }) },
    (vendor) => (vendor === 'tray' ? 'ok' : 'ERR_RESPONSE_MALFORMED'),
  ],
  [
    'is answered with its own token in an error that is none',
    { kind: 'edit', edit: (answer) => ({ ...answer, error: '', error_description: answer['refresh_token'] }) },
    () => 'ok',
  ],
  [
    'is told that the shop is blocked',
    { kind: 'answer', status: 401, body: { code: 401, error_code: 1001, causes: ['blocked'] } },
    (vendor) => (vendor === 'tray' ? 'ERR_ACCOUNT_UNAVAILABLE' : 'ERR_REQUEST_REJECTED'),
  ],
];

/** What happens every day, and what the stand-ins can do by themselves. */
export const everydayPaths: readonly CanaryPath[] = [
  ...once('a whole life', 'ok', wholeLife),
  ...vendorNames.flatMap((vendor) => [
    {
      name: 'sweep: nobody listens',
      vendor,
      ends: '1 of 1 failed',
      play: (stage: Stage) => sweepAt(stage, nobodyListens),
    },
    {
      name: 'sweep: a refusal and an echo',
      vendor,
      ends: '1 of 1 failed',
      play: (stage: Stage) => sweepAt(stage, refusals.echo400),
    },
    ...[nobodyListens, refusals.unavailable, refusals.echo400].map((server) => ({
      name: `revoke: ${server.name}`,
      vendor,
      ends:
        vendor !== 'standard'
          ? 'ok'
          : server === refusals.echo400
            ? 'ERR_REQUEST_REJECTED'
            : 'ERR_PROVIDER_UNAVAILABLE',
      play: (stage: Stage) => revokeAt(stage, server),
    })),
    ...stumbles.map(([what, fault, ends]) => ({
      name: `renewal: it ${what}`,
      vendor,
      ends: ends(vendor),
      play: (stage: Stage) => meetFault(stage, fault),
    })),
  ]),
  ...once('an aborted wait', 'ERR_ABORTED', async (stage) => {
    const llavero = await connect(stage);
    return stage.end(() =>
      llavero.token(stage.vendor.key, { signal: AbortSignal.abort(stage.secret('access token')) }),
    );
  }),
  ...once('a call after the end', 'ERR_STORE_FAILED', async (stage) => {
    const llavero = await connect(stage);
    await llavero.close();
    return stage.end(() => llavero.token(stage.vendor.key));
  }),
  ...once('an account that was removed', 'ERR_UNKNOWN_KEY', async (stage) => {
    const llavero = await connect(stage);
    await llavero.remove(stage.vendor.key);
    return stage.end(() => llavero.status(stage.vendor.key));
  }),
];
