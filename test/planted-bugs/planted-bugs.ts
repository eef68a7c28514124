import type { PlantedBug } from './planted-tree.js';

const protocol = 'domain/renewal-protocol.ts';

/** Mistakes that cost tokens elsewhere, each with the test that would not let it pass here. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    title: 'drop the compare-and-set of the commit',
    file: protocol,
    find: `  if (current.generation !== consumed.generation && !isLaterAnswer(current, consumed)) {
    return keep({ _tag: 'Superseded', record: current });
  }
`,
    replace: '',
    test: 'domain/renewal-committing.test.ts',
    named: 'gives way to a newer generation',
  },
  {
    title: 'write a commit whose answer was lost over what its token was renewed to',
    file: protocol,
    find: `  if (current.authorization === authorization) {
    return keep({ _tag: current.token === token.token ? 'Committed' : 'Renewed', record: current });
  }
`,
    replace: '',
    test: 'app/renewal/commit-failures.test.ts',
    named: 'of an exchange is not written over the one it was renewed to while the store’s answer was lost',
  },
  {
    title: 'keep the answer to the earlier of two requests',
    file: protocol,
    find: ' && !isLaterAnswer(current, consumed)',
    replace: '',
    test: 'app/renewal/two-processes.test.ts',
    named: 'to the later of two requests replaces the one to the earlier: it may have ended that one',
  },
  {
    title: 'end an attempt twice when the first answer was lost',
    file: 'domain/attempt-ending.ts',
    find: "  if (current.attempt.unknown) return keep({ _tag: 'Settled', record: current });\n",
    replace: '',
    test: 'domain/renewal-settling.test.ts',
    named: 'stays a recovery that may be tried again when the ending is written twice, the first answer being lost',
  },
  {
    title: 'drop the attempt: everybody may send',
    file: protocol,
    find: "if (attempt !== undefined && state === 'alive') return keep({ _tag: 'Busy', waitMs: attempt.expiresAt - nowMs });",
    replace: '',
    test: 'app/renewal/two-processes.test.ts',
    named: 'send one request a generation, and the other adopts its token',
  },
  {
    title: 'release the attempt when its outcome is unknown',
    file: 'app/renewal/record-refusal.ts',
    find: 'unknown: leaveAttemptOpen',
    replace: 'unknown: releaseAttempt',
    test: 'app/renewal/unknown-outcomes.test.ts',
    named: 'is recovered by probe-once after the settle window, once, by one process',
  },
  {
    title: 'ask again after invalid_grant',
    file: 'app/renewal/record-refusal.ts',
    find: "return 'reauthorization_required';",
    replace: 'return undefined;',
    test: 'app/renewal/terminal-states.test.ts',
    named: 'is final: stored, and answered without network',
  },
  {
    title: 'spend the refresh token that was read before the attempt was recorded',
    file: protocol,
    find: `  if (current.generation !== request.generation) return keep({ _tag: 'Moved', record: current });
`,
    replace: '',
    test: 'domain/renewal-protocol.test.ts',
    named: 'ahead of what was read',
  },
  {
    title: 'hand the token out when its commit fails',
    file: 'app/renewal/commit-token.ts',
    find: 'TE.flatMap((sealed) => persist(write(sealed), account.policy, delayed)),',
    replace: `TE.flatMap((sealed) =>
        pipe(
          write(sealed),
          TE.orElse(() => TE.right<TokenError, Committed>({ _tag: 'Committed', record: account.record })),
        ),
      ),`,
    test: 'app/renewal/commit-failures.test.ts',
    named: 'is kept in memory and written again and again, and handed out only then',
  },
  {
    title: 'validate an answer before taking its refresh token',
    file: 'domain/answers/answered-tokens.ts',
    find: 'const kept = refresh === undefined ? previous?.refreshToken : new Secret(refresh);',
    replace:
      'const kept = refresh === undefined || usable === undefined ? previous?.refreshToken : new Secret(refresh);',
    test: 'domain/answers/judge-answers.test.ts',
    named: 'never costs a refresh token',
  },
  {
    title: 'fence a late answer off by its attempt',
    file: protocol,
    find: "  if (current.token === token.token) return keep({ _tag: 'Committed', record: current });\n",
    replace: `  if (current.token === token.token) return keep({ _tag: 'Committed', record: current });
  if (current.attempt?.recovery === true) return keep({ _tag: 'Superseded', record: current });
`,
    test: 'app/renewal/two-processes.test.ts',
    named: 'of a slow owner is committed while its generation is current',
  },
  {
    title: 'allow a second recovery',
    file: protocol,
    find: "if (spent && (request.policy.recovery === 'never' || attempt.recovery)) {",
    replace: "if (spent && request.policy.recovery === 'never') {",
    test: 'domain/renewal-protocol.test.ts',
    named: 'needs a person after probe-once is at its end',
  },
  {
    title: 'recover before the settle window is over',
    file: protocol,
    find: "return nowMs < attempt.settlesAt ? 'settling' : 'settled';",
    replace: "return 'settled';",
    test: 'domain/renewal-protocol.test.ts',
    named: 'settles',
  },
  {
    title: 'bring a removed account back',
    file: protocol,
    find: 'record !== undefined && record.incarnation === lineage.incarnation;',
    replace: 'record !== undefined;',
    test: 'app/use-cases/revoke-token.test.ts',
    named: 'renewal',
  },
  {
    title: 'begin a transaction that is DEFERRED',
    file: 'adapters/stores/sqlite-transaction.ts',
    find: "db.exec('BEGIN IMMEDIATE');",
    replace: "db.exec('BEGIN DEFERRED');",
    test: 'adapters/stores/sqlite-contention.test.ts',
    named: '',
  },
  {
    title: 'leave a later connection at synchronous=NORMAL',
    file: 'adapters/stores/sqlite-settings.ts',
    find: "if (Number(simple(db, 'synchronous')) !== level.extra) db.pragma('synchronous = FULL');",
    replace: '',
    test: 'adapters/stores/sqlite-settings.test.ts',
    named: '',
  },
  {
    title: 'let go of the old refresh token when the answer names none',
    file: 'domain/answers/answered-tokens.ts',
    find: 'refresh === undefined ? previous?.refreshToken : new Secret(refresh)',
    replace: 'refresh === undefined ? undefined : new Secret(refresh)',
    test: 'domain/answers/judge-answers.test.ts',
    named: 'keeps the old refresh token whenever it issues without a new one',
  },
  {
    title: 'follow a redirect with the secret',
    file: 'adapters/http/send-once.ts',
    find: 'followRedirect: false',
    replace: 'followRedirect: true',
    test: 'adapters/http/http-answer.test.ts',
    named: 'is an answer, and nothing goes to where it points',
  },
];
