import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/entry-points.mjs';
import type { AnswerWarning } from '../../src/domain/outcome.js';
import type { LlaveroEventType } from '../../src/domain/llavero-event.js';
import { defaultRefreshPolicy, renewFirstMs, renewSoonMs } from '../../src/domain/refresh-policy.js';
import { factsOf } from '../../src/domain/token-error-facts.js';
import { tokenError, withRetryAfter, type TokenError, type TokenErrorTag } from '../../src/domain/token-error.js';
import { codeRows, documentAt } from './documents.js';

const key = 'tray/391250';

/** One error of every variant, so that a new variant has to be added here, and to the documents. */
const errors: { readonly [Tag in TokenErrorTag]: TokenError } = {
  UnknownKey: tokenError('UnknownKey', { key, why: 'not_registered' }),
  ReauthorizationRequired: tokenError('ReauthorizationRequired', { key, cause: 'never_authorized' }),
  OutcomeUnknown: tokenError('OutcomeUnknown', { key, why: 'timeout' }),
  ClientRejected: tokenError('ClientRejected', { key, error: 'invalid_client' }),
  RequestRejected: tokenError('RequestRejected', { key, error: 'invalid_scope' }),
  AccountUnavailable: tokenError('AccountUnavailable', { key, error: '1001 store blocked' }),
  AccessDenied: tokenError('AccessDenied', { key }),
  StateMismatch: tokenError('StateMismatch', { why: 'unknown' }),
  UntrustedAddress: tokenError('UntrustedAddress', { key, host: 'evil.example', why: 'not_https' }),
  RateLimited: tokenError('RateLimited', { key }),
  ProviderUnavailable: tokenError('ProviderUnavailable', { key, why: 'timeout' }),
  RenewalUnderWay: tokenError('RenewalUnderWay', { key }),
  ResponseMalformed: tokenError('ResponseMalformed', { key, why: 'no_token' }),
  StoreFailed: tokenError('StoreFailed', { operation: 'open', why: 'SQLITE_FULL' }),
  DecryptionFailed: tokenError('DecryptionFailed', { why: 'failed_tag' }),
  Aborted: tokenError('Aborted', { key }),
};

const retryable = (error: TokenError): string => {
  const later = factsOf(withRetryAfter(error, 1)).retryable;
  if (later && !factsOf(error).retryable) return 'when `retryAfterMs` is there';
  return factsOf(error).retryable ? 'yes' : 'no';
};

const events: { readonly [Type in LlaveroEventType]: true } = {
  registered: true,
  authorization_started: true,
  renewal_started: true,
  token_committed: true,
  token_discarded: true,
  renewal_failed: true,
  stale_token_served: true,
  commit_delayed: true,
  invalidated: true,
  revoked: true,
  removed: true,
  warning: true,
  sweep_progress: true,
  sweep_finished: true,
  store_replaced: true,
  store_warning: true,
  sweep_failed: true,
  reseal_failed: true,
  revocation_failed: true,
  reseal_finished: true,
};

const warnings: { readonly [Warning in AnswerWarning]: true } = {
  access_token_unusable: true,
  api_host_kept: true,
  clock_disagrees: true,
  expiry_unreadable: true,
  lifetime_assumed: true,
  refresh_token_missing: true,
  refresh_token_unusable: true,
  scope_reduced: true,
  token_type_unknown: true,
};

const defaults: Readonly<Record<string, number | string>> = { ...defaultRefreshPolicy };
const grouped = (value: number | string): string =>
  typeof value === 'string' ? `\`'${value}'\`` : value.toLocaleString('en-US');

describe('CONTRIBUTING.md', () => {
  it('names every part of npm run check, in its order', () => {
    const steps = readFileSync(join(projectRoot, 'scripts', 'check.mjs'), 'utf8').matchAll(/ script: '([\w:]+)'/g);
    const rows = documentAt('CONTRIBUTING.md').text.matchAll(/^\|[^|]+\| `npm run ([\w:]+)`/gm);
    const named = [...rows].map(([, script]) => script);
    expect(named.length).toBeGreaterThan(0);
    expect(named).toEqual([...steps].map(([, script]) => script));
  });
});

describe('the documents', () => {
  it('list every error code, and whether it can be retried', () => {
    const rows = [...codeRows(documentAt('docs/errors.md'))].filter(([code]) => code.startsWith('ERR_'));
    const expected = Object.values(errors).map((error) => `${factsOf(error).code}: ${retryable(error)}`);
    expect(rows.map(([code, [may]]) => `${code}: ${may}`)).toEqual([...new Set(expected)]);
  });

  it('list every event, and every warning', () => {
    const rows = [...codeRows(documentAt('docs/events.md')).keys()];
    expect(rows.toSorted()).toEqual([...Object.keys(events), ...Object.keys(warnings)].toSorted());
  });

  it('list every number of the policy with its default', () => {
    const rows = [...codeRows(documentAt('docs/policy.md'))].filter(([name]) => name in defaults);
    const expected = Object.entries(defaults).map(([name, value]) => [name, grouped(value)]);
    expect(rows.map(([name, [value]]) => [name, value])).toEqual(expected);
  });

  it('say right when a token of each lifetime is renewed', () => {
    const lines = [
      ...documentAt('docs/policy.md').text.matchAll(/^\| ([\d,]+) s (?:\(\w+\) )?\s*\| (\d+) s\s*\| (\d+) s\s*\|$/gm),
    ];
    const said = lines.map(([, ...cells]) => cells.map((cell) => Number(cell.replace(',', ''))));
    const computed = said.map(([lifetimeS = 0]) => {
      const times = { obtainedAtMs: 0, expiresAtMs: lifetimeS * 1_000 };
      const margins = [renewFirstMs(defaultRefreshPolicy, times), renewSoonMs(defaultRefreshPolicy, times)];
      return [lifetimeS, ...margins.map((ms) => ms / 1_000)];
    });
    expect(said.map(([lifetimeS]) => lifetimeS)).toEqual([60, 3_600, 7_200, 10_800]);
    expect(said).toEqual(computed);
  });
});
