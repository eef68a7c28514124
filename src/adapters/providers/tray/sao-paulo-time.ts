const hourMs = 3_600_000;

/** Summer time first: of a wall clock hour that came twice, the earlier one. */
const offsets = [
  { name: 'GMT-02:00', ms: 2 * hourMs },
  { name: 'GMT-03:00', ms: 3 * hourMs },
] as const;

let madeZone: Intl.DateTimeFormat | undefined;

/** Made at the first use and kept: making one takes longer than all the rest of an answer. */
const zone = (): Intl.DateTimeFormat => {
  madeZone ??= new Intl.DateTimeFormat('en-US', { timeZone: 'America/Sao_Paulo', timeZoneName: 'longOffset' });
  return madeZone;
};

/**
 * Unix milliseconds of a `YYYY-MM-DD HH:MM:SS` wall clock of America/Sao_Paulo, which is how Tray writes its expiries,
 * without a zone. Summer time (until 2019) is counted; of an hour that came twice the earlier is meant; a time that no
 * São Paulo clock ever showed, and any other shape, is undefined. The zone of the process does not matter.
 */
export const parseSaoPauloTimeMs = (value: unknown): number | undefined => {
  const asUtc = typeof value === 'string' ? wallClockAsUtcMs(value) : undefined;
  if (asUtc === undefined) return undefined;
  return offsets
    .filter(({ name, ms }) =>
      zone()
        .formatToParts(asUtc + ms)
        .some((part) => part.value === name),
    )
    .map(({ ms }) => asUtc + ms)
    .at(0);
};

const wallClockAsUtcMs = (text: string): number | undefined => {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) return undefined;
  const iso = `${text.replace(' ', 'T')}.000Z`;
  const ms = Date.parse(iso);
  return Number.isNaN(ms) || new Date(ms).toISOString() !== iso ? undefined : ms;
};
