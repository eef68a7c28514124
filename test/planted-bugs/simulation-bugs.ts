/** One mistake somebody could make in the sources, and what the simulation has to say of it. */
export interface SimulationBug {
  readonly title: string;
  /** Below `src`. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The violation that names it. */
  readonly violation: RegExp;
}

const protocol = 'domain/renewal-protocol.ts';
const toldToAuthorizeAgain = /I9: .* again,? although its refresh token lives/u;

/** Mistakes that the judges of the simulation find by themselves, in some hundred seeds each. */
export const simulationBugs: readonly SimulationBug[] = [
  {
    title: 'give up after two recoveries',
    file: protocol,
    find: "  if (recovery === 'never') {\n",
    replace: "  if (recovery === 'never' || attempt.repeat >= 2) {\n",
    violation: toldToAuthorizeAgain,
  },
  {
    title: 'give up past the known end of a refresh token',
    file: 'app/renewal/renewability.ts',
    find: 'return token.refreshToken === undefined ?',
    replace:
      'return token.refreshToken === undefined || (record.refreshTokenExpiresAt ?? Infinity) < record.updatedAt ?',
    violation: toldToAuthorizeAgain,
  },
  {
    title: 'believe the verdict that another client was given',
    file: 'app/renewal/write-outcome.ts',
    find: "if (way !== 'fallback' && obtainedBy !== undefined && obtainedBy !== application) {",
    replace: "if (way !== 'fallback' && obtainedBy === '') {",
    violation: toldToAuthorizeAgain,
  },
  {
    title: 'end no pause by a success',
    file: 'domain/client-health.ts',
    find: 'if (!isTroubled(health)) return health;',
    replace: 'if (health.epoch >= 0) return health;',
    violation: /I10: .* after an outage|could not be renewed at the end although its grant lives/u,
  },
  {
    title: 'let a late answer replace a newer token',
    file: 'domain/committing.ts',
    find: '  if (!replaces) {\n',
    replace: '  if (!replaces && current.generation < 0) {\n',
    violation: /I4: an older (?:token|authorization) of .* replaced a newer one/u,
  },
  {
    title: 'begin without a durable record',
    file: protocol,
    find: "  return put(record, { _tag: 'Began', record, way });\n",
    replace: "  return keep({ _tag: 'Began', record, way });\n",
    violation: /I1: a refresh token of .* was sent under no recorded attempt/u,
  },
  {
    title: 'send the recovery of an owner that said nothing without a notice',
    file: protocol,
    find: '  if (announcedAt === undefined) {\n',
    replace:
      "  if (dueInMs <= 0) return begin(current, request, nowMs, 'recovery');\n  if (announcedAt === undefined) {\n",
    violation: /I1: a refresh token of .* was sent again .* after it was announced/u,
  },
];
