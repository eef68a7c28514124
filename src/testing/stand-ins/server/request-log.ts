import { printedAs } from '../../printed-as.js';
import type { Endpoint } from './dialect.js';
import type { Fault } from './fault.js';
import type { ReceivedRequest } from './received-request.js';
import type { Reply } from './reply.js';
import type { RefreshTokenPlace } from './token-life.js';

/** Which refresh token a request carried. The place is missing for a token that this stand-in never issued. */
export interface RefreshTokenUse extends Partial<RefreshTokenPlace> {
  readonly token: string;
  /** How many requests had carried it by then, this one included: 1 is the first. */
  readonly use: number;
}

/** One request, and what became of it. Printing it shows the names of its parameters only. */
export interface LoggedRequest extends ReceivedRequest {
  /** Counts the requests, from 1. */
  readonly serial: number;
  /** Unix milliseconds on the stand-in's clock. */
  readonly atMs: number;
  readonly endpoint: Endpoint['kind'];
  /** What a token request asked for, in the words of RFC 6749: `authorization_code`, `refresh_token`, `client_credentials`. */
  readonly grant: string | undefined;
  readonly refreshToken: RefreshTokenUse | undefined;
  /** The fault it met. */
  readonly fault: Fault['kind'] | undefined;
  /** What the provider arrived at, whether or not it reached the client; a fault's status when the provider never saw the request. */
  readonly status: number | undefined;
  /** The provider processed it and answered 2xx: a token was issued, a call was let in. */
  readonly accepted: boolean;
}

/** A log that is also a judge: it counts how often each refresh token was sent. */
export interface RequestLog {
  readonly requests: readonly LoggedRequest[];
  readonly refreshTokenUses: ReadonlyMap<string, number>;
  /** Notes an arrival; the function it returns notes what the provider arrived at. */
  readonly arrived: (arrival: Arrival) => (reply: Reply, processed: boolean) => void;
}

export interface Arrival {
  readonly request: ReceivedRequest;
  readonly endpoint: Endpoint;
  readonly place: RefreshTokenPlace | undefined;
  readonly fault: Fault['kind'] | undefined;
  readonly atMs: number;
}

/** An empty log. */
export const requestLog = (): RequestLog => {
  const requests: LoggedRequest[] = [];
  const uses = new Map<string, number>();
  const count = (token: string | undefined, by: 1 | -1): number => {
    if (token === undefined) return 0;
    const now = (uses.get(token) ?? 0) + by;
    if (now === 0) uses.delete(token);
    else uses.set(token, now);
    return now;
  };

  return {
    requests,
    refreshTokenUses: uses,
    arrived: ({ request, endpoint, place, fault, atMs }) => {
      const token = endpoint.refreshToken;
      const use = count(token, 1);
      const outcome: { status: number | undefined; accepted: boolean } = { status: undefined, accepted: false };
      const entry = {
        ...request,
        serial: requests.length + 1,
        atMs,
        endpoint: endpoint.kind,
        grant: endpoint.grant,
        refreshToken: token === undefined ? undefined : { token, use, ...place },
        fault,
        ...outcome,
      };
      requests.push(printedAs(entry, () => describe(entry)));
      return (reply, processed) => {
        entry.status = reply.status;
        entry.accepted = processed && reply.status >= 200 && reply.status < 300;
        if (reply.turnedAway === true) count(token, -1);
      };
    },
  };
};

const describe = ({ method, path, query, form, status }: LoggedRequest): string => {
  const names = [...query, ...(form ?? [])].map(([name]) => name).join(', ');
  return `${method} ${path} (${names}) ${status ?? 'unanswered'}`;
};
