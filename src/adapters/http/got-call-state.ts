import type { NormalizedOptions } from 'got';
import type { ApiCall, Placed } from '../../ports/api-calls.js';

/** What our hooks know of one call of got, through its retries, its redirects and its replay. */
export interface GotCallState {
  call: ApiCall | undefined;
  /** What takes the place of a refused call: it is sent without asking again. */
  next: ApiCall | undefined;
  wasReplayed: boolean;
  /** The options of a request that follows a redirect. */
  hop: object | undefined;
  /** What the request on its way carries. */
  carries: Placed['carries'];
  /** A redirect made another request of it: what the first one asked for was done. */
  isChanged: boolean;
  /** A redirect led to another origin. Whoever was led away does not come back with a credential. */
  isAway: boolean;
}

/** Got copies its options for each retry and redirect; the context goes along. */
type WithContext = Pick<NormalizedOptions, 'context'>;

const mark = Symbol('llavero');
const states = new WeakMap<object, GotCallState>();

/** Begins a call: the options may be those of an earlier one. */
export const beginCall = (options: WithContext): GotCallState => {
  const state: GotCallState = {
    call: undefined,
    next: undefined,
    wasReplayed: false,
    hop: undefined,
    carries: 'none',
    isChanged: false,
    isAway: false,
  };
  const marked = Object.freeze({});
  states.set(marked, state);
  options.context = { ...options.context, [mark]: marked };
  return state;
};

/** The state of the call that these options belong to. */
export const stateOf = (options: WithContext): GotCallState => {
  const marked: unknown = Reflect.get(options.context, mark);
  const known = typeof marked === 'object' && marked !== null ? states.get(marked) : undefined;
  return known ?? beginCall(options);
};
