import type { RefreshPolicyOptions } from '../../src/domain/refresh-policy.js';
import type { CanaryPath } from './canary-path.js';
import {
  brokenServers,
  nobodyListens,
  oddAnswers,
  redirects,
  refusals,
  senselessAnswers,
  unusableTokens,
  type HostileServer,
} from './hostile-servers.js';
import { connect, lookAround } from './everyday-steps.js';
import type { Stage } from './stage.js';
import { vendorNames, type VendorName } from './vendors.js';

/** How the first token and a renewal have to end, by vendor. */
type Ends = Readonly<Record<VendorName, readonly [obtain: string, renew: string]>>;

const everywhere = (obtain: string, renew = obtain): Ends => ({
  centry: [obtain, renew],
  tray: [obtain, renew],
  citrusAd: [obtain, renew],
  standard: [obtain, renew],
});

const unsent = everywhere('ERR_PROVIDER_UNAVAILABLE');
/** Client credentials can be asked for again, so nothing is lost when nobody knows what became of them. */
const unknown: Ends = {
  ...everywhere('ERR_PROVIDER_UNAVAILABLE', 'ERR_OUTCOME_UNKNOWN'),
  citrusAd: ['ERR_PROVIDER_UNAVAILABLE', 'ERR_PROVIDER_UNAVAILABLE'],
};
const senseless: Ends = {
  ...everywhere('ERR_RESPONSE_MALFORMED', 'ERR_OUTCOME_UNKNOWN'),
  citrusAd: ['ERR_RESPONSE_MALFORMED', 'ERR_RESPONSE_MALFORMED'],
};
const rejected = everywhere('ERR_REQUEST_REJECTED');
const dead = 'ERR_REAUTHORIZATION_REQUIRED';

const impatient: RefreshPolicyOptions = { requestTimeoutMs: 150 };

interface Trouble {
  readonly server: HostileServer;
  readonly ends: Ends;
  readonly policy?: RefreshPolicyOptions;
}

const troubles: readonly Trouble[] = [
  ...[nobodyListens, brokenServers.ownCertificate, brokenServers.noTls, refusals.unavailable].map((server) => ({
    server,
    ends: unsent,
  })),
  ...[
    brokenServers.resetAfterRequest,
    brokenServers.resetAfterHead,
    brokenServers.cutOff,
    refusals.timedOut,
    refusals.serverError,
    refusals.badGateway,
  ].map((server) => ({ server, ends: unknown })),
  ...[brokenServers.hangs, brokenServers.endless].map((server) => ({ server, ends: unknown, policy: impatient })),
  ...[brokenServers.garbage, brokenServers.tooLarge, brokenServers.bomb, brokenServers.brokenGzip].map((server) => ({
    server,
    ends: senseless,
  })),
  ...unusableTokens.map((server) => ({ server, ends: everywhere('ERR_RESPONSE_MALFORMED') })),
  ...senselessAnswers.map((server) => ({ server, ends: senseless })),
  ...redirects.map((server) => ({ server, ends: everywhere('ERR_RESPONSE_MALFORMED') })),
  ...[
    refusals.echo400,
    refusals.echo200,
    refusals.invalidScope,
    refusals.forbidden,
    refusals.notFound,
    refusals.conflict,
  ].map((server) => ({ server, ends: rejected })),
  { server: refusals.invalidGrant, ends: { ...everywhere(dead), tray: rejected.tray, citrusAd: rejected.citrusAd } },
  { server: refusals.invalidClient, ends: { ...everywhere('ERR_CLIENT_REJECTED'), tray: [dead, dead] } },
  { server: refusals.tooMany, ends: everywhere('ERR_RATE_LIMITED') },
  ...oddAnswers.map((server) => ({ server, ends: everywhere('ok') })),
];

const obtain = async (stage: Stage, { server, policy = {} }: Trouble): Promise<string> => {
  const at = await server.start(stage);
  const llavero = stage.open({ at, policy });
  const end = await stage.end(() => stage.vendor.obtain(llavero, at));
  await lookAround(stage, llavero);
  return end;
};

const renew = async (stage: Stage, { server, policy = {} }: Trouble): Promise<string> => {
  const { vendor } = stage;
  await connect(stage);
  const at = await server.start(stage);
  const llavero = stage.open({ at, policy });
  await vendor.move(llavero, at);
  const end = await stage.end(() => llavero.token(vendor.key, { force: true }));
  await lookAround(stage, stage.open({ at, policy }));
  return end;
};

/** Everything a provider, or the way to it, can answer to a request for a first token and for a renewal. */
export const providerPaths: readonly CanaryPath[] = vendorNames.flatMap((vendor) =>
  troubles.flatMap((trouble) => {
    const [first, later] = trouble.ends[vendor];
    return [
      {
        name: `first token: ${trouble.server.name}`,
        vendor,
        ends: first,
        play: (stage: Stage) => obtain(stage, trouble),
      },
      { name: `renewal: ${trouble.server.name}`, vendor, ends: later, play: (stage: Stage) => renew(stage, trouble) },
    ];
  }),
);
