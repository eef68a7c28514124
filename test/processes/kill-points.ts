/** What goes wrong at the provider on the way to a point. */
export type Trouble =
  /** Nothing listens at the provider's address. */
  | 'refused'
  | 'rate limited'
  /** The process holds another client secret than the provider. */
  | 'wrong secret'
  | 'cut before processing'
  | 'cut after processing'
  /** The provider sits on the request, and is killed under: it never processes it. */
  | 'never processed'
  /** The provider sits on the request and processes it when its sender is dead. */
  | 'processed after the death'
  /** The provider has processed the request and sits on its answer. */
  | 'answer on its way';

/** What a death at a point leaves behind, as the protocol sees it. */
export type Remains =
  /** Nothing was begun: whoever comes next renews as if nobody had died. */
  | 'nothing'
  /** An attempt is open, silent or marked, and the refresh token in the store is still good. */
  | 'open attempt'
  /** An attempt is open; the provider rotated, and its answer died with the process. */
  | 'lost answer'
  /** The request is known to have been in vain, and that is written down. */
  | 'refusal'
  /** The new token is in the store. */
  | 'new token'
  /** A first authorization came to nothing; there never was a token. */
  | 'no token';

/** A point of the protocol at which a process is killed. */
export interface KillPoint {
  /** As it follows upon `killed`. */
  readonly name: string;
  /** An account's first authorization, one more while the old grant lives, or a renewal. */
  readonly flow: 'renewal' | 'reauthorization' | 'first authorization';
  /** The operation and the side of it; undefined where the provider's {@link Trouble} holds the request. */
  readonly at?: readonly [when: 'before' | 'inside' | 'after', operation: Operation];
  readonly trouble?: Trouble;
  readonly remains: Remains;
}

const operations = {
  read: 'reading the account',
  'look up pauses': "looking up the client's pauses",
  begin: 'recording the attempt',
  send: 'sending the request',
  commit: 'committing the token',
  'hand out': 'handing out the token',
  release: 'releasing the attempt',
  reject: 'recording the rejection',
  'leave open': 'leaving the attempt open',
  'note the limit': "noting the provider's limit",
  'note the failure': "noting the failure for the client's other accounts",
  'note the refusal': "noting the refusal for the client's other accounts",
  announce: 'announcing the recovery',
  'put pending': 'remembering the authorization',
  'look up pending': 'looking up the authorization',
  'take pending': 'taking up the authorization',
  number: 'numbering the authorization',
  'complete pending': 'noting that the callback succeeded',
  'reopen pending': 'giving the authorization back',
} as const;

/** What the ports of a doomed process tell apart. */
export type Operation = keyof typeof operations;

const words = { before: 'before', inside: 'in the transaction of', after: 'after' } as const;

/** Before, inside and after one operation: what each leaves behind. */
const around = (
  flow: KillPoint['flow'],
  operation: Operation,
  remains: Readonly<Partial<Record<'before' | 'inside' | 'after', Remains>>>,
  trouble?: Trouble,
): readonly KillPoint[] =>
  (['before', 'inside', 'after'] as const).flatMap((when) => {
    const left = remains[when];
    const name = `${words[when]} ${operations[operation]}${trouble === undefined ? '' : ` (${trouble})`}`;
    const point = { name, flow, at: [when, operation] as const, ...(trouble === undefined ? {} : { trouble }) };
    return left === undefined ? [] : [{ ...point, remains: left }];
  });

const atProvider = (flow: KillPoint['flow'], trouble: Trouble, remains: Remains): KillPoint => ({
  name: `with the request at the provider (${trouble})`,
  flow,
  trouble,
  remains,
});

const untouched = { before: 'nothing', inside: 'nothing', after: 'nothing' } as const;
const refused = { before: 'open attempt', inside: 'open attempt', after: 'refusal' } as const;
const known = { before: 'refusal', inside: 'refusal', after: 'refusal' } as const;
const unresolved = { before: 'open attempt', inside: 'open attempt', after: 'open attempt' } as const;
const lost = { before: 'lost answer', inside: 'lost answer', after: 'lost answer' } as const;

/** Where a process dies that was at a recovery: what it leaves is seen when a third one has looked (kill-twice). */
export const recoveryPoints: readonly KillPoint[] = around('renewal', 'announce', unresolved);

/** Every point at which the renewal protocol touches the store, the provider or the caller. */
export const killPoints: readonly KillPoint[] = [
  ...around('renewal', 'read', { before: 'nothing', after: 'nothing' }),
  ...around('renewal', 'look up pauses', { before: 'nothing', after: 'nothing' }),
  ...around('renewal', 'begin', { before: 'nothing', inside: 'nothing', after: 'open attempt' }),
  ...around('renewal', 'send', { before: 'open attempt' }),
  atProvider('renewal', 'never processed', 'open attempt'),
  atProvider('renewal', 'processed after the death', 'lost answer'),
  atProvider('renewal', 'answer on its way', 'lost answer'),
  ...around('renewal', 'send', { after: 'lost answer' }),
  ...around('renewal', 'commit', { before: 'lost answer', inside: 'lost answer', after: 'new token' }),
  ...around('renewal', 'hand out', { after: 'new token' }),
  ...around('renewal', 'release', refused, 'refused'),
  ...around('renewal', 'note the failure', known, 'refused'),
  ...around('renewal', 'note the limit', unresolved, 'rate limited'),
  ...around('renewal', 'release', refused, 'rate limited'),
  ...around('renewal', 'reject', refused, 'wrong secret'),
  ...around('renewal', 'note the refusal', known, 'wrong secret'),
  ...around('renewal', 'leave open', unresolved, 'cut before processing'),
  ...around('renewal', 'note the failure', unresolved, 'cut before processing'),
  ...around('renewal', 'leave open', lost, 'cut after processing'),

  ...around('reauthorization', 'put pending', untouched),
  ...around('reauthorization', 'look up pending', { before: 'nothing', after: 'nothing' }),
  ...around('reauthorization', 'take pending', untouched),
  ...around('reauthorization', 'number', untouched),
  ...around('reauthorization', 'send', { before: 'nothing' }),
  atProvider('reauthorization', 'answer on its way', 'nothing'),
  ...around('reauthorization', 'send', { after: 'nothing' }),
  ...around('reauthorization', 'commit', { before: 'nothing', inside: 'nothing', after: 'new token' }),
  ...around('reauthorization', 'complete pending', { before: 'new token', inside: 'new token', after: 'new token' }),
  ...around('reauthorization', 'hand out', { after: 'new token' }),

  ...around('first authorization', 'take pending', { after: 'no token' }),
  atProvider('first authorization', 'answer on its way', 'no token'),
  ...around(
    'first authorization',
    'reopen pending',
    { before: 'no token', inside: 'no token', after: 'no token' },
    'rate limited',
  ),
  ...around('first authorization', 'commit', { before: 'no token', inside: 'no token', after: 'new token' }),
];

/** How the provider rotates. In grace the old refresh token lives on for an hour. */
export type Mode = 'strict' | 'strict-family' | 'grace';

export const modes: readonly Mode[] = ['strict', 'strict-family', 'grace'];

/** What has to become of an account once a second process has finished its story. */
export type Fate =
  /** Its token was renewed at once, by the first request after the death. */
  | 'renewed'
  /** Its token was renewed by one recorded recovery request. */
  | 'recovered'
  /** The new token was there: nothing was sent. */
  | 'kept'
  /** Its refresh token was spent for nothing; it was `outcome_unknown`, then the provider gave its verdict. */
  | 'lost and said'
  /** It never had a token, and says so. */
  | 'unauthorized';

export const fateAt = ({ remains }: KillPoint, mode: Mode): Fate => {
  switch (remains) {
    case 'nothing':
    case 'refusal':
      return 'renewed';
    case 'open attempt':
      return 'recovered';
    case 'lost answer':
      return mode === 'grace' ? 'recovered' : 'lost and said';
    case 'new token':
      return 'kept';
    case 'no token':
      return 'unauthorized';
  }
};
