import { map } from 'fp-ts/lib/Either.js';
import { identity, pipe } from 'fp-ts/lib/function.js';
import { flatMap, flatMapEither, fromEither, tryCatch, type TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { AddressRules } from '../../domain/address-rules.js';
import type { Clock } from '../../ports/clock.js';
import type { HttpAnswer, HttpFailure, HttpRequest } from '../../ports/http-client.js';
import { systemResolve, type ResolveHost } from './checked-lookup.js';
import { readAnswer } from './http-answer.js';
import { unsent } from './http-failure.js';
import { outgoingRequest, type OutgoingRequest } from './outgoing-request.js';
import { sendOnce, type RawAnswer } from './send-once.js';

/** What an exchange depends on. */
export interface ExchangeSettings {
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  readonly rules: AddressRules;
  /** Finds a host's addresses; the operating system's resolver by default. */
  readonly resolve?: ResolveHost;
  /** Certificates (PEM) to trust instead of the public authorities: a private authority's, or a test's. */
  readonly trust?: readonly string[];
}

/** One request and its answer: checked, sent at most once, read. Everything heavy is imported from here, got included. */
export const exchange = (settings: ExchangeSettings, request: HttpRequest): TaskEither<HttpFailure, HttpAnswer> =>
  pipe(
    fromEither(outgoingRequest(request, settings.rules)),
    flatMap((outgoing) => transmit(settings, outgoing)),
    flatMapEither(({ raw, sentAtMs }) => readAnswer(raw, sentAtMs)),
  );

interface Received {
  readonly raw: RawAnswer;
  readonly sentAtMs: number;
}

const transmit = (
  { clock, resolve = systemResolve, trust }: ExchangeSettings,
  outgoing: OutgoingRequest,
): TaskEither<HttpFailure, Received> =>
  pipe(
    tryCatch(
      async () => {
        const startedMs = clock.monotonicMs();
        const leavesBeforeMs = Math.min(startedMs + outgoing.timeoutMs, outgoing.leavesBeforeMonotonicMs);
        const isOverdue = () => clock.monotonicMs() >= leavesBeforeMs;
        const sentAtMs = clock.nowMs();
        const answer = await sendOnce(outgoing, { resolve, trust, isOverdue });
        return pipe(
          answer,
          map((raw) => ({ raw, sentAtMs })),
        );
      },
      () => unsent('invalid_request'),
    ),
    flatMapEither(identity),
  );
