import type { RequestFate } from './fates.js';
import type { Random } from './random.js';

/** How a provider that is down answers, if at all. */
export type OutageForm = Pick<RequestFate, 'outcome' | 'breaks' | 'status' | 'error' | 'retryAfterS'>;

const form = (parts: Partial<OutageForm>): OutageForm => ({
  outcome: 'error-before',
  breaks: false,
  status: 503,
  error: 'server_error',
  retryAfterS: undefined,
  ...parts,
});

/** Every form that an outage comes in, by name. In none of them is anything processed. */
const outageForms = {
  '503': form({}),
  '503 with Retry-After': form({ retryAfterS: 30 }),
  '502': form({ status: 502 }),
  '504': form({ status: 504 }),
  '500': form({ status: 500 }),
  '500 naming an error': form({ outcome: 'error-named', status: 500 }),
  hang: form({ outcome: 'request-lost' }),
  reset: form({ outcome: 'request-lost', breaks: true }),
  page: form({ outcome: 'page' }),
  refused: form({ outcome: 'unsent' }),
} as const;

/** An outage of one of these forms. */
export const someOutage = (random: Random): readonly [name: string, form: OutageForm] => {
  const [first, ...others] = Object.entries<OutageForm>(outageForms);
  if (first === undefined) throw new Error('there is no form of an outage');
  const [name, chosen] = random.pick([first, ...others]);
  return [name, chosen.retryAfterS === undefined ? chosen : { ...chosen, retryAfterS: random.pick([1, 30, 120, 900]) }];
};
