import { ownField, type JsonObject } from './own-field.js';
import { readToldEnd } from './told-end.js';

/** A member of an answer that names the moment a token expires. */
export interface ExpiryMember {
  readonly name: string;
  /** The moment; undefined when the value makes no sense. */
  readonly read: (value: unknown) => Date | undefined;
}

/** When a request was sent by our clock, and answered by the provider's. */
export interface AnswerClocks {
  readonly sentAtMs: number;
  readonly answeredAtMs: number | undefined;
}

interface MemberReading {
  /** Counted from the moment the request was sent, at most 100 years; undefined when there is no moment that makes sense. */
  readonly lifetimeMs: number | undefined;
  readonly clocksDisagree: boolean;
}

/**
 * How long a token lives whose answer names the moment it expires: by our clock or by the provider's own, whichever comes
 * first, since either may be wrong. A reader that throws has read nothing: no answer is lost to it.
 */
export const readExpiry = (
  json: JsonObject,
  member: ExpiryMember | undefined,
  { sentAtMs, answeredAtMs }: AnswerClocks,
): MemberReading => {
  const expiresAtMs = member === undefined ? undefined : momentMs(ownField(json, member.name), member.read);
  return readToldEnd({ expiresAtMs, activatedAtMs: undefined, answeredAtMs, sentAtMs }, 'renew');
};

const momentMs = (value: unknown, read: ExpiryMember['read']): number | undefined => {
  try {
    const ms = read(value)?.getTime();
    return ms === undefined || Number.isNaN(ms) ? undefined : ms;
  } catch {
    return undefined;
  }
};

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** A date-time of RFC 3339 with its offset, such as `2026-11-22T09:30:00.000Z`; undefined for anything else. */
export const readDateTime = (value: unknown): Date | undefined =>
  typeof value === 'string' && dateTime.test(value) ? new Date(value) : undefined;
