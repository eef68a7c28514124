import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testSize } from '../test-size.js';
import { runCampaign, type Campaign, type CampaignSize } from './kill-campaign.js';
import { defaultRefreshPolicy } from '../../src/domain/refresh-policy.js';
import { fateAt, killPoints, modes, type Mode } from './kill-points.js';
import { publishKillTable } from './kill-table.js';

const sizes: Readonly<Record<ReturnType<typeof testSize>, CampaignSize>> = {
  short: { runs: 1, accountsPerDeath: 5, processes: 2 },
  normal: { runs: 2, accountsPerDeath: 5, processes: 2 },
  long: { runs: 10, accountsPerDeath: 1, processes: 4 },
};

const size = sizes[testSize()];
const campaigns = new Map<Mode, Campaign>();

const campaignOf = (mode: Mode): Campaign =>
  campaigns.get(mode) ?? { endings: [], deaths: 0, integrity: 'the campaign failed' };

afterAll(async () => {
  process.stdout.write(await publishKillTable(campaigns));
});

describe.each(modes)('with a provider whose rotation is %s', (mode) => {
  beforeAll(async () => {
    campaigns.set(mode, await runCampaign(mode, size));
  }, 1_800_000);

  it.each(killPoints.map((point) => [point.flow, point.name, fateAt(point, mode), point] as const))(
    'a %s killed %s is %s',
    (_flow, _name, fate, point) => {
      const endings = campaignOf(mode).endings.filter(({ story }) => story.point === point);
      const inWindow = point.remains === 'lost answer';
      const seen = endings.map((ending) => ({
        fate: ending.fate,
        inWindow: ending.inWindow,
        worksAgain: ending.worksAgain,
        ...(ending.fate === fate ? {} : { seen: ending.seen }),
      }));
      expect(seen).toEqual(Array.from({ length: size.runs }, () => ({ fate, inWindow, worksAgain: true })));
    },
  );

  it('the accounts that need a person are those whose answer died with a process, unless the provider is in grace', () => {
    const { endings } = campaignOf(mode);
    const keys = (found: typeof endings): readonly string[] => found.map(({ story }) => story.key).toSorted();
    const needPerson = endings.filter(({ seen }) => seen.includes('reauthorization_required'));
    const caught = endings.filter(({ inWindow }) => inWindow);
    const losing = killPoints.filter(({ remains }) => remains === 'lost answer').length * size.runs;
    expect(caught).toHaveLength(losing);
    expect(keys(needPerson)).toEqual(mode === 'grace' ? [] : keys(caught));
  });

  it('a recovery is announced for as long as a living owner may need, where the dead one had said nothing', () => {
    const noticed = campaignOf(mode).endings.flatMap(({ noticedMs = [] }) => noticedMs);
    expect(noticed.length).toBeGreaterThan(10 * size.runs);
    expect(Math.min(...noticed)).toBeGreaterThanOrEqual(defaultRefreshPolicy.recoveryNoticeMs);
  });

  it('a death in a transaction takes all that was written in it, and nothing else', () => {
    const inside = campaignOf(mode).endings.filter(({ story }) => story.point.at?.[0] === 'inside');
    const shared = inside.filter(({ inTransaction }) => inTransaction.length > 1);
    expect(inside.filter(({ inTransaction }) => inTransaction.length === 0)).toEqual([]);
    expect(shared.length).toBeGreaterThanOrEqual(Math.floor(inside.length / 4));
    expect(inside.length - shared.length).toBeGreaterThanOrEqual(Math.floor(inside.length / 4));
  });

  it('no refresh token is sent a second time but by the one recorded recovery', () => {
    const { endings } = campaignOf(mode);
    const tooOften = endings.filter(({ sendings, recoveries }) => recoveries > 1 || sendings > 1 + recoveries);
    expect(tooOften.map(({ story }) => story.point.name)).toEqual([]);
    expect(endings.filter(({ sendings }) => sendings === 2)).not.toEqual([]);
  });

  it('no code is sent twice', () => {
    const { endings } = campaignOf(mode);
    expect(endings.filter(({ codeSendings }) => codeSendings > 1).map(({ story }) => story.point.name)).toEqual([]);
  });

  it('the file is whole, whatever transaction a process died in', () => {
    expect(campaignOf(mode).integrity).toBe('ok');
  });
});
