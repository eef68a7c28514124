import { startStandIns, type StandIn } from 'llavero/testing';
import type { Counted, StandInsAddresses, StandInsProtocol, StandInsSettings } from './messages.js';
import { serveParent } from './parent-process.js';

/** The three providers, in a process of their own: real HTTP servers that nobody else can reach into. */
await serveParent<StandInsProtocol, StandInsSettings, StandInsAddresses>(async (lifetimes) => {
  const standIns = await startStandIns({ centry: lifetimes, tray: lifetimes, citrusAd: lifetimes });
  const { centry, tray, citrusAd } = standIns;
  const { consumerKey, consumerSecret } = tray.settings;
  return {
    announcement: {
      centry: centry.settings,
      tray: { storeUrl: tray.storeUrl, consumerKey, consumerSecret },
      citrusAd: citrusAd.settings,
    },
    handlers: { count: () => ({ centry: counted(centry), tray: counted(tray), citrusad: counted(citrusAd) }) },
    close: standIns.close,
  };
});

const counted = ({ requests, refreshTokenUses }: StandIn): Counted => ({
  tokenRequests: requests.filter(({ endpoint }) => endpoint === 'token').length,
  refreshTokens: refreshTokenUses.size,
  mostUses: Math.max(0, ...refreshTokenUses.values()),
});
