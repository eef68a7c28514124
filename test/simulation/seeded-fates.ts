import type { Fates, RequestFate, RequestOutcome, StoreFate, Strike } from './fates.js';
import type { OutageForm } from './outage.js';
import { pickWeighted, type Random } from './random.js';

/** What may be switched off when a run comes to rest, and outages while it goes on. */
export interface Weather {
  /** How often a process is struck just when it matters. */
  crash: number;
  pause: number;
  /** How often a call of the store goes wrong. */
  store: number;
  /** How often a request goes wrong. */
  network: number;
  storeIsDown: boolean;
  /** How the provider answers everybody; undefined while it is well. */
  providerIs: OutageForm | undefined;
  /** Nothing goes wrong but what the provider does while it is down, and nothing takes long. */
  isFair: boolean;
}

export const fairWeather: Weather = {
  store: 0,
  network: 0,
  crash: 0,
  pause: 0,
  storeIsDown: false,
  providerIs: undefined,
  isFair: true,
};

const misfortunes: readonly (readonly [weight: number, outcome: RequestOutcome])[] = [
  [4, 'unsent'],
  [4, 'request-lost'],
  [6, 'answer-lost'],
  [3, 'processed-late'],
  [3, 'error-before'],
  [3, 'error-after'],
  [2, 'error-named'],
  [2, 'unreadable'],
  [2, 'page'],
  [2, 'odd'],
  [1, 'unusable'],
  [3, 'too-many-requests'],
  [1, 'redirected'],
  [1, 'bad-request'],
  [1, 'wrong-client'],
  [1, 'unauthorized'],
];

/** Most answers come at once, some a little later, few late: so that everything overtakes everything now and then. */
const storeLatencies = [0, 0, 0, 1, 1, 2, 5, 20] as const;
const networkLatencies = [0, 1, 20, 80, 80, 300, 1_500, 4_000] as const;
/** An answer that comes when no caller waits any longer. */
const slowAnswers = [7_000, 12_000, 18_000, 24_000] as const;

export const fairCall: StoreFate = { outcome: 'done', takesMs: 1, answerTakesMs: undefined, runsTwice: false };

export const fairRequest: RequestFate = {
  outcome: 'answered',
  connectsMs: undefined,
  travelsMs: 1,
  returnsMs: 1,
  breaks: false,
  lateness: 0,
  status: 500,
  error: 'server_error',
  retryAfterS: undefined,
};

/** Nothing goes wrong. */
export const fairFates: Fates = { ofStoreCall: () => fairCall, ofRequest: () => fairRequest };

const strikeOf = (random: Random, { crash, pause }: Weather, share: number): Strike | undefined => {
  if (crash > 0 && random.chance(crash * share)) return 'crash';
  return pause > 0 && random.chance(pause * share) ? 'pause' : undefined;
};

export const seededFates = (random: Random, weather: Weather): Fates => ({
  ofStoreCall: (operation): StoreFate => {
    if (weather.isFair) return fairCall;
    const goesWrong = weather.storeIsDown || (weather.store > 0 && random.chance(weather.store));
    const isSlow = goesWrong && !weather.storeIsDown && random.chance(0.3);
    const outcome = !goesWrong || isSlow ? 'done' : random.chance(0.6) ? 'before' : 'after';
    return {
      outcome: weather.storeIsDown ? 'before' : outcome,
      takesMs: isSlow ? random.pick([200, 1_000, 5_000, 20_000]) : random.pick(storeLatencies),
      answerTakesMs: random.chance(0.15) ? random.pick(storeLatencies) : undefined,
      runsTwice: random.chance(0.05),
      strike: operation.startsWith('update') ? strikeOf(random, weather, 0.3) : undefined,
    };
  },
  ofRequest: (): RequestFate => {
    const down = weather.providerIs;
    if (weather.isFair) return { ...fairRequest, ...down };
    const goesWrong = weather.network > 0 && random.chance(weather.network);
    const misfortune = goesWrong ? pickWeighted(random, misfortunes, 'answered') : 'answered';
    const isSlow = weather.network > 0 && random.chance(0.04);
    return {
      outcome: misfortune,
      connectsMs: random.chance(0.2) ? random.pick([0, 5, 500, 9_000]) : undefined,
      travelsMs: random.pick(networkLatencies),
      returnsMs: isSlow ? random.pick(slowAnswers) : random.pick(networkLatencies),
      breaks: random.chance(0.5),
      lateness: random.fraction(),
      status: random.pick([500, 502, 503, 504, 408]),
      error: random.pick(['server_error', 'temporarily_unavailable', 'invalid_grant', 'invalid_request']),
      retryAfterS: random.pick([undefined, undefined, 1, 30, 120]),
      strike: strikeOf(random, weather, 1.5),
      ...down,
    };
  },
});
