import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { isUnreadable, type FoundRecord } from '../../domain/unreadable-record.js';
import { resealRecord, type SealedValues } from '../../domain/resealing.js';
import { factsOf } from '../../domain/token-error-facts.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Cipher, SealBinding } from '../../ports/cipher.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed } from '../store/store-failed.js';
import { fingerprintNote, type Fingerprints } from './fingerprints.js';
import { decryptionFailed } from './record-encryption.js';
import type { HostTime } from '../store/host-time.js';
import { makeResealPendings } from './reseal-pendings.js';
import type { KeyChecks } from './key-checks.js';
import type { UseCase } from '../use-case/use-case-error.js';

export interface ResealOptions {
  /** Told after every page of accounts how far it has come. */
  readonly onProgress?: ((soFar: ResealReport) => void) | undefined;
}

/** How many accounts there are, how many were moved to the newest key, and how many could not be opened. */
export interface ResealReport {
  readonly total: number;
  readonly resealed: number;
  readonly failed: number;
}

/**
 * Moves everything stored to the newest encryption key: accounts, authorizations that browsers are out on, and the secret of
 * fingerprints. Renewals may go on meanwhile: a value that changes under it is looked at
 * again. Left when the store fails; what was moved stays moved, and the next run goes on from there.
 */
export type ResealAccounts = (options: ResealOptions, stop: AbortSignal) => UseCase<ResealReport>;

export interface ResealAccountsDeps {
  readonly store: TokenStore;
  readonly cipher: Cipher;
  readonly keyChecks: KeyChecks;
  readonly fingerprints: Fingerprints;
  readonly clock: Clock;
  readonly hostTime: HostTime;
  readonly events: EventSink;
}

type Fate = 'current' | 'resealed' | 'failed';

const pageSize = 20;

/** Every change under a reseal is somebody else's success, so this many in a row do not happen. */
const mostTries = 20;

export const makeResealAccounts = (deps: ResealAccountsDeps): ResealAccounts => {
  const { store, cipher, keyChecks, fingerprints, clock, hostTime, events } = deps;

  const isCurrent = (sealed: string | undefined): boolean =>
    sealed === undefined || cipher.keyIdOf(sealed) === cipher.newestKeyId;

  const resealed = (key: string, field: SealBinding['field'], sealed: string): TE.TaskEither<TokenError, string> => {
    const binding = { namespace: store.namespace, key, field };
    return pipe(
      isCurrent(sealed)
        ? TE.right(sealed)
        : pipe(
            cipher.open(sealed, binding),
            TE.flatMap((text) => cipher.seal(text, binding)),
          ),
      TE.mapError(decryptionFailed(key)),
    );
  };

  const valuesOf = ({ key, credential, token }: AccountRecord): TE.TaskEither<TokenError, SealedValues> =>
    pipe(
      TE.Do,
      TE.bind('credential', () => resealed(key, 'credential', credential)),
      TE.bind('token', () => (token === undefined ? TE.right(undefined) : resealed(key, 'token', token))),
    );

  const failed = (key: string, error: TokenError): Fate => {
    events.emit({ type: 'reseal_failed', key, at: new Date(clock.nowMs()), code: factsOf(error).code });
    return 'failed';
  };

  const resealPendings = makeResealPendings({ store, cipher, hostTime, failed });

  const one = (record: AccountRecord, triesLeft = mostTries): TE.TaskEither<TokenError, Fate> => {
    if (isCurrent(record.credential) && isCurrent(record.token)) return TE.right('current');
    return pipe(
      valuesOf(record),
      TE.matchE(
        (error) => TE.right(failed(record.key, error)),
        (values) =>
          pipe(
            store.update(record.key, (current) => resealRecord(current, record, values)),
            TE.mapError(storeFailed(record.key)),
            TE.flatMap((result): TE.TaskEither<TokenError, Fate> => {
              if (result._tag === 'Resealed') return TE.right('resealed');
              if (result._tag === 'Removed') return TE.right('current');
              return triesLeft > 1 ? one(result.record, triesLeft - 1) : TE.right('failed');
            }),
          ),
      ),
    );
  };

  const anyOne = (found: FoundRecord): TE.TaskEither<TokenError, Fate> =>
    isUnreadable(found)
      ? TE.fromIO(() => {
          const { key, why } = found;
          return failed(key, tokenError('StoreFailed', { operation: 'read', why, key }));
        })
      : one(found);

  const pass = (
    after: string | undefined,
    before: ResealReport,
    options: ResealOptions,
    stop: AbortSignal,
  ): TE.TaskEither<TokenError, ResealReport> =>
    pipe(
      store.page({ limit: pageSize, after }),
      TE.mapError(storeFailed()),
      TE.flatMap((records) =>
        pipe(
          TE.sequenceArray(records.map(anyOne)),
          TE.flatMap((fates) => {
            const count = (fate: Fate): number => fates.filter((found) => found === fate).length;
            const report = Object.freeze({
              total: before.total + fates.length,
              resealed: before.resealed + count('resealed'),
              failed: before.failed + count('failed'),
            });
            options.onProgress?.(report);
            const last = records.at(-1)?.key;
            const isOver = last === undefined || records.length < pageSize || stop.aborted;
            return isOver ? TE.right(report) : pass(last, report, options, stop);
          }),
        ),
      ),
    );

  const nothing: ResealReport = Object.freeze({ total: 0, resealed: 0, failed: 0 });

  /** The store's own secret is the last thing that still needs an older key. */
  const retire: TE.TaskEither<TokenError, unknown> = pipe(
    fingerprints.reseal,
    TE.matchE(
      (error): TE.TaskEither<TokenError, unknown> =>
        error._tag === 'DecryptionFailed' ? TE.fromIO(() => failed(fingerprintNote, error)) : TE.left(error),
      () => keyChecks.retireOlder,
    ),
  );

  /** A second look finds what processes with older keys wrote meanwhile; the older keys are let go only when it finds nothing. */
  const retireOlder = (report: ResealReport, stop: AbortSignal): TE.TaskEither<TokenError, unknown> =>
    pipe(
      pass(undefined, nothing, {}, stop),
      TE.flatMap((accounts) =>
        pipe(
          resealPendings(stop),
          TE.flatMap((pendings) => {
            const found = accounts.resealed + accounts.failed + pendings.resealed + pendings.failed + report.failed;
            return found > 0 || stop.aborted ? TE.right(undefined) : retire;
          }),
        ),
      ),
    );

  return (options, stop) =>
    pipe(
      pass(undefined, nothing, options, stop),
      TE.tap(() => resealPendings(stop)),
      TE.tap((report) => retireOlder(report, stop)),
      TE.tapIO((report) => () => {
        events.emit({ type: 'reseal_finished', key: '*', at: new Date(clock.nowMs()), ...report });
      }),
    );
};
