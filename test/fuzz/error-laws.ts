import { ok, strictEqual } from 'node:assert/strict';
import { LlaveroError } from '../../src/app/llavero-error.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { errorOfFailure, factsOf, failureDetail } from '../../src/domain/token-error-facts.js';
import type { TokenError } from '../../src/domain/token-error.js';
import { retryAfterMaxMs, type Judge } from './judges.js';
import { planted } from './odd-texts.js';
import { ownTextOf } from './token-laws.js';

/** Everything that an error may carry. */
const fields = ['_tag', 'key', 'why', 'error', 'cause', 'status', 'retryAfterMs', 'host', 'hint', 'scope'] as const;

/** Words of ours, of RFC 6749 or of Tray's table, never a provider's own. */
const ownWords = /^[A-Za-z0-9_ :.;,()'-]{0,80}$/;

const checkRetryAfter = (ms: number | undefined): void =>
  ok(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0 && ms <= retryAfterMaxMs), `a rest of ${String(ms)} ms`);

/** An error says what kind it is and allow-listed words; a message holds nothing that moves a terminal or a log. */
export const checkError = (error: TokenError): void => {
  ok(Object.isFrozen(error), 'an error is frozen');
  for (const [name, value] of Object.entries(error)) {
    ok(
      fields.some((field) => field === name),
      `an error carries ${name}`,
    );
    if (typeof value === 'string' && name !== 'key') ok(ownWords.test(value), `an error says ${JSON.stringify(value)}`);
  }
  const { retryAfterMs, message } = factsOf(error);
  checkRetryAfter(retryAfterMs);
  const thrown = new LlaveroError(error);
  ok(/^[\x20-\x7e]+$/.test(message) && thrown.message === message, `a message is ${JSON.stringify(message)}`);
  ok(!`${thrown.stack}${JSON.stringify(thrown)}`.includes(planted), 'nothing of the answer is in what is thrown');
};

/** What a store keeps of a refusal tells other processes the same. */
const checkKept = (error: TokenError): void => {
  const { code, message } = factsOf(error);
  const told = factsOf(errorOfFailure('shop/1', { code, detail: failureDetail(error) }));
  strictEqual(told.code, code);
  ok(/^[\x20-\x7e]+$/.test(told.message), `${message} is told again as ${told.message}`);
};

const foundBeforehand =
  /^(?:access_denied|invalid_(?:client|grant|request|scope)|unauthorized_client|unsupported_(?:grant|response)_type)$/;

/** What may be said of an answer by its status and the name of its error; undefined where more has a say. */
const decided = (status: number, error = ''): Outcome['_tag'] | undefined => {
  if (status === 429 || status === 503 || (status >= 300 && status <= 399)) return 'Unsent';
  if (error === 'temporarily_unavailable') return status < 200 || status > 299 ? 'Unsent' : undefined;
  if (status >= 500 && status <= 599 && foundBeforehand.test(error)) return 'Unsent';
  if (status === 408 || status === 425 || status < 200 || status > 499) return 'Unknown';
  return undefined;
};

const trayRefused = /^\s*(?:1000|1099)\s*$/;

/** Whether this very answer says that the grant is over. */
const isOver = (status: number, object: object | undefined, { grant }: Judge): boolean => {
  if (grant.repeatable) return false;
  if (grant.style === 'authorization_code')
    return object !== undefined && ownTextOf(object, 'error') === 'invalid_grant';
  const code: unknown = object && Object.getOwnPropertyDescriptor(object, 'error_code')?.value;
  return (
    (status === 401 && object !== undefined) ||
    ((typeof code === 'string' || typeof code === 'number') && trayRefused.test(String(code)))
  );
};

/** The whole table: what an answer without a token comes to. `object` is the JSON that may be seen. */
export const checkClassified = (outcome: Outcome, status: number, object: object | undefined, judge: Judge): void => {
  const tag = decided(status, object && ownTextOf(object, 'error'));
  if (tag !== undefined) strictEqual(outcome._tag, tag);
  if (status < 200 || status > 299) ok(outcome._tag !== 'Issued', 'only a 2xx issues');
  switch (outcome._tag) {
    case 'Issued':
      return;
    case 'Unknown':
      ok(ownWords.test(outcome.why), `it is unknown because ${JSON.stringify(outcome.why)}`);
      return checkRetryAfter(outcome.retryAfterMs);
    case 'Unsent':
      ok(['RateLimited', 'ProviderUnavailable', 'ResponseMalformed'].includes(outcome.reason._tag));
      strictEqual(outcome.reason._tag === 'RateLimited', status === 429);
      checkRetryAfter(outcome.retryAfterMs);
      return checkError(outcome.reason);
    case 'Rejected':
      if (outcome.reason._tag === 'ReauthorizationRequired') {
        ok(isOver(status, object, judge), 'a grant is given up without a word of its end');
      }
      checkRetryAfter(outcome.retryAfterMs);
      checkKept(outcome.reason);
      return checkError(outcome.reason);
  }
};
