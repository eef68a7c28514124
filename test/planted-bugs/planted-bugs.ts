import type { PlantedBug } from './planted-tree.js';

const protocol = 'domain/renewal-protocol.ts';
const committing = 'domain/committing.ts';

/** Mistakes that cost tokens elsewhere, each with the test that would not let it pass here. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    title: 'drop the compare-and-set of the commit',
    file: committing,
    find: `  if (current.generation !== consumed.generation && !isLaterAnswer(current, consumed)) {
    return keep({ _tag: 'Superseded', record: current });
  }
`,
    replace: '',
    test: 'domain/committing.test.ts',
    named: 'gives way to a newer generation',
  },
  {
    title: 'write a commit whose answer was lost over what its token was renewed to',
    file: committing,
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
    file: committing,
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
    file: committing,
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
  {
    title: 'take the answer’s JSON as it is, prototype and all',
    file: 'adapters/http/json-object.ts',
    find: `  const own: Record<string, unknown> = { __proto__: null };
  for (const [name, value] of Object.entries(parsed)) if (name !== '__proto__') own[name] = value;
`,
    replace: '  const own: Record<string, unknown> = Object.assign({}, parsed);\n',
    test: 'fuzz/token-answers.test.ts',
    named: 'keep every law',
  },
  {
    title: 'believe every number of an expires_in',
    file: 'domain/answers/lifetime.ts',
    find: 'Math.max(1, Math.min(yearMs, Math.floor(seconds * 1_000)))',
    replace: 'Math.floor(seconds * 1_000)',
    test: 'fuzz/token-answers.test.ts',
    named: 'keep every law',
  },
  {
    title: 'throw at a date that is none',
    file: 'domain/answers/sao-paulo-time.ts',
    find: '  return Number.isNaN(ms) || new Date(ms).toISOString() !== iso ? undefined : ms;',
    replace: '  return new Date(ms).toISOString() === iso ? ms : undefined;',
    test: 'fuzz/token-answers.test.ts',
    named: 'keep every law',
  },
  {
    title: 'drop the refresh token of an unknown token type',
    file: 'domain/answers/token-answer.ts',
    find: '  const type = readTokenType(ownField(json, names.tokenType));',
    replace: `  const type = readTokenType(ownField(json, names.tokenType));
  if (!type.isBearer) return undefined;`,
    test: 'fuzz/token-answers.test.ts',
    named: 'keep every law',
  },
  {
    title: 'quote the provider’s own error',
    file: 'domain/answers/error-name.ts',
    find: "typeof value === 'string' && known.has(value) ? value : 'unrecognised_error'",
    replace: "typeof value === 'string' && value !== '' ? value : 'unrecognised_error'",
    test: 'fuzz/error-answers.test.ts',
    named: 'keep every law',
  },
  {
    title: 'rest as long as a Retry-After says',
    file: 'domain/answers/retry-after.ts',
    find: 'Math.min(maxMs, Math.max(0, asked))',
    replace: 'Math.max(0, asked)',
    test: 'fuzz/error-answers.test.ts',
    named: 'keep every law',
  },
  {
    title: 'read the last of two parameters of the same name',
    file: 'domain/callback-parameters.ts',
    find: "    if (seen.has(name)) return left(tokenError('StateMismatch', { why: 'repeated_parameter' }));\n",
    replace: '',
    test: 'fuzz/callbacks.test.ts',
    named: 'keep every law',
  },
  {
    title: 'leave the state open after its use',
    file: 'adapters/stores/memory-store.ts',
    find: '        pending.delete(id);\n',
    replace: '',
    test: 'fuzz/callbacks.test.ts',
    named: 'keep every law',
  },
  {
    title: 'accept a tag that is cut short',
    file: 'adapters/crypto/aes-gcm-cipher.ts',
    find: `  if (body.length < ivBytes + tagBytes) return left({ _tag: 'CipherFailure', why: 'unreadable', keyId });
  const failedTag: CipherFailure = { _tag: 'CipherFailure', why: 'failed_tag', keyId };
  return tryCatch(
    () => {
      const decipher = createDecipheriv(algorithm, key, body.subarray(0, ivBytes), { authTagLength: tagBytes });
      decipher.setAAD(additionalData(keyId, binding));
      decipher.setAuthTag(body.subarray(-tagBytes));
      const text = decipher.update(body.subarray(ivBytes, -tagBytes));`,
    replace: `  const failedTag: CipherFailure = { _tag: 'CipherFailure', why: 'failed_tag', keyId };
  return tryCatch(
    () => {
      const tagAt = Math.max(ivBytes, body.length - tagBytes);
      const decipher = createDecipheriv(algorithm, key, body.subarray(0, ivBytes));
      decipher.setAAD(additionalData(keyId, binding));
      decipher.setAuthTag(body.subarray(tagAt));
      const text = decipher.update(body.subarray(ivBytes, tagAt));`,
    test: 'fuzz/sealed-values.test.ts',
    named: 'keep every law',
  },
  {
    title: 'open a base64url that no encoder writes',
    file: 'adapters/crypto/sealed-text.ts',
    find: "  if (body.toString('base64url') !== encoded) return left({ _tag: 'CipherFailure', why: 'unreadable', keyId });\n",
    replace: '',
    test: 'fuzz/sealed-values.test.ts',
    named: 'keep every law',
  },
  {
    title: 'take a sealed token that does not open for none',
    file: 'app/accounts/accounts.ts',
    find: 'record.token === undefined ? TE.right(undefined) : vault.openToken(record.key, record.token);',
    replace: `record.token === undefined
      ? TE.right(undefined)
      : pipe(
          vault.openToken(record.key, record.token),
          TE.orElse(() => TE.right<TokenError, IssuedToken | undefined>(undefined)),
        );`,
    test: 'fuzz/database-rows.test.ts',
    named: 'keep every law',
  },
  {
    title: 'cast the cells of a row',
    file: 'adapters/stores/sqlite-cells.ts',
    find: `    if (typeof cell !== 'number' || !Number.isInteger(cell) || Math.abs(cell) > lastMs) throw new RowUnreadable();
    return cell;`,
    replace: '    return Number(cell ?? lastMs);',
    test: 'fuzz/database-rows.test.ts',
    named: 'keep every law',
  },
  {
    title: 'keep the text of a Secret in a property too',
    file: 'domain/secret.ts',
    find: 'this.#value = value;',
    replace: 'Object.assign(this, { value }).#value = value;',
    test: 'canary/sampled-paths.test.ts',
    named: 'leaks no secret: everyday life',
  },
  {
    title: 'quote whatever a provider calls its error',
    file: 'domain/answers/error-name.ts',
    find: "typeof value === 'string' && known.has(value) ? value",
    replace: "typeof value === 'string' ? value",
    test: 'canary/sampled-paths.test.ts',
    named: 'leaks no secret: what a provider answers',
  },
  {
    title: 'pass on the message of what an adapter threw',
    file: 'app/guarded-adapters.ts',
    find: `    } catch {
      return left(failure);`,
    replace: `    } catch (thrown) {
      return left({ ...failure, why: String(thrown) });`,
    test: 'canary/sampled-paths.test.ts',
    named: 'leaks no secret: adapters that break their law',
  },
  {
    title: 'quote a key that no provider is configured for',
    file: 'app/accounts/provider-registry.ts',
    find: 'key: unknownProviderKey,',
    replace: 'key: parsed.right.key,',
    test: 'canary/sampled-paths.test.ts',
    named: 'leaks no secret: programmers’ mistakes',
  },
  {
    title: 'hand out the response of fetch with its real address inside',
    file: 'app/calling/scrubbed-response.ts',
    find: 'const scrubbed = new Response(body, { headers, statusText, ...(isUsual ? { status } : {}) });',
    replace: 'const scrubbed = response;',
    test: 'canary/sampled-paths.test.ts',
    named: 'leaks no secret: calls of an API',
  },
  {
    title: 'name an event’s token by its first characters',
    file: 'app/renewal/commit-token.ts',
    find: 'cipher.fingerprint(token.accessToken.expose())',
    replace: 'token.accessToken.expose().slice(-8)',
    test: 'canary/sampled-paths.test.ts',
    named: 'leaks no secret: everyday life',
  },
  {
    title: 'come back with a credential from where a redirect led got away',
    file: 'adapters/http/got-for.ts',
    find: 'state.isAway = true;',
    replace: 'state.isAway = false;',
    test: 'app/got/llavero-got-secrets.test.ts',
    named: 'to another origin drops every credential, and the way back brings none of it along',
  },
  {
    title: 'leave the token in node’s request after got has sent it',
    file: 'adapters/http/carry-credential.ts',
    find: 'for (const [name] of headers) request.removeHeader(name);',
    replace: '',
    test: 'app/got/llavero-got-secrets.test.ts',
    named: 'in an answer or in an error of got, wherever one looks, when it travelled in a header',
  },
  {
    title: 'send a refused call again and again',
    file: 'app/calling/api-caller.ts',
    find: 'intent: { ...intent, isReplay: true }',
    replace: 'intent',
    test: 'app/use-cases/fetch-401.test.ts',
    named: 'that comes again comes back as it is',
  },
];
