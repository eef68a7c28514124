import type { AccountState, CredentialInput } from 'llavero';
import type { ApiAnswer, ProviderId } from './api-calls.js';

/** How long the stand-ins let access tokens live, in milliseconds. */
export interface StandInsSettings {
  readonly accessTokenLifetimeMs: number;
}

/** Where the stand-ins are, and what a client has to show them. */
export interface StandInsAddresses {
  readonly centry: { readonly baseUrl: string; readonly clientId: string; readonly clientSecret: string };
  readonly tray: { readonly storeUrl: string; readonly consumerKey: string; readonly consumerSecret: string };
  readonly citrusAd: { readonly baseUrl: string; readonly clientId: string; readonly clientSecret: string };
}

/** What a stand-in counted in its own request log. */
export interface Counted {
  readonly tokenRequests: number;
  /** How many different refresh tokens arrived. */
  readonly refreshTokens: number;
  /** How often the one that arrived most often did. */
  readonly mostUses: number;
}

/** What the demo asks of the process with the stand-ins. */
export type StandInsProtocol = {
  readonly count: { readonly input: undefined; readonly output: Readonly<Record<ProviderId, Counted>> };
};

/** What the worker needs to start, and to start again. */
export interface WorkerSettings {
  readonly database: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly centry: StandInsAddresses['centry'];
  readonly tray: StandInsAddresses['tray'];
}

/** Where the worker's pages are. */
export interface WorkerAddress {
  readonly port: number;
}

/** How one account stands, as llavero tells it. */
export interface AccountRow {
  readonly key: string;
  readonly state: AccountState;
  readonly generation: number;
  readonly accessTokenExpiresAt?: Date | undefined;
  readonly refreshTokenExpiresAt?: Date | undefined;
}

/** What the demo asks of its worker. No token ever leaves the worker. */
export type WorkerProtocol = {
  /** Removes what an earlier run left; answers which keys there were. */
  readonly forget: { readonly input: readonly string[]; readonly output: readonly string[] };
  readonly register: { readonly input: CredentialInput; readonly output: AccountRow };
  /** That many callers at once ask for a token of the key. */
  readonly crowd: {
    readonly input: { readonly key: string; readonly callers: number };
    readonly output: { readonly generation: number; readonly differentTokens: number };
  };
  /** Renews, whatever is left of the present token; answers the generation. */
  readonly renew: { readonly input: string; readonly output: number };
  /** Calls the provider's API: with llavero's token, or once more with the one of the call before. */
  readonly callApi: {
    readonly input: {
      readonly provider: ProviderId;
      readonly key: string;
      readonly base: string;
      readonly token: 'current' | 'as before';
    };
    readonly output: ApiAnswer;
  };
  /** How these keys stand. */
  readonly accounts: { readonly input: readonly string[]; readonly output: readonly AccountRow[] };
};
