import { standInCentry, type StandInCentry, type StandInCentryOptions } from './centry/stand-in-centry.js';
import { standInCitrusAd, type StandInCitrusAd, type StandInCitrusAdOptions } from './citrus-ad/stand-in-citrus-ad.js';
import { standInTray, type StandInTray, type StandInTrayOptions } from './tray/stand-in-tray.js';

export interface StandInsOptions {
  readonly centry?: StandInCentryOptions | undefined;
  readonly tray?: StandInTrayOptions | undefined;
  readonly citrusAd?: StandInCitrusAdOptions | undefined;
}

/** All three providers, each on a port of its own. */
export interface StandIns extends AsyncDisposable {
  readonly centry: StandInCentry;
  readonly tray: StandInTray;
  readonly citrusAd: StandInCitrusAd;
  readonly close: () => Promise<void>;
}

/** Starts all three. When one cannot start, those that did are stopped again and the promise rejects. */
export const startStandIns = async (options: StandInsOptions = {}): Promise<StandIns> => {
  const starting = [
    standInCentry(options.centry),
    standInTray(options.tray),
    standInCitrusAd(options.citrusAd),
  ] as const;
  const started = await Promise.allSettled(starting);
  const stopAll = async (): Promise<void> => {
    await Promise.all(started.map(async (one) => one.status === 'fulfilled' && one.value.close()));
  };
  try {
    const [centry, tray, citrusAd] = await Promise.all(starting);
    return { centry, tray, citrusAd, close: stopAll, [Symbol.asyncDispose]: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
};
