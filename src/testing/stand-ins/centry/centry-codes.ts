import { createHash } from 'node:crypto';
import { mintHex } from '../server/stand-in-options.js';

/** What a code was issued for. */
export interface CentryCode {
  readonly redirectUri: string;
  readonly scope?: string | undefined;
  /** RFC 7636 §4.2, by S256. */
  readonly challenge?: string | undefined;
}

export interface CentryCodes {
  readonly issue: (code: CentryCode) => string;
  /** Takes a code once; undefined when it is unknown, used, 10 minutes old, or meant for another redirect URI or verifier. */
  readonly spend: (
    code: string | undefined,
    redirectUri: string | undefined,
    verifier: string | undefined,
  ) => CentryCode | undefined;
}

const lifetimeMs = 600_000;

/** Codes as Doorkeeper issues them: for one use within ten minutes. */
export const centryCodes = (nowMs: () => number): CentryCodes => {
  const issued = new Map<string, CentryCode & { readonly expiresAtMs: number }>();
  return {
    issue: (code) => {
      const text = mintHex();
      issued.set(text, { ...code, expiresAtMs: nowMs() + lifetimeMs });
      return text;
    },
    spend: (text = '', redirectUri, verifier) => {
      const code = issued.get(text);
      issued.delete(text);
      if (code === undefined || nowMs() >= code.expiresAtMs || code.redirectUri !== redirectUri) return undefined;
      return code.challenge === undefined || code.challenge === challengeOf(verifier) ? code : undefined;
    },
  };
};

const challengeOf = (verifier: string | undefined): string | undefined =>
  verifier === undefined ? undefined : createHash('sha256').update(verifier).digest('base64url');
