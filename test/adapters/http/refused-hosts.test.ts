import { isLeft } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { sendOnce } from '../../../src/adapters/http/send-once.js';
import { publicNames, refusedHosts } from '../../domain/refused-hosts.js';
import { loopbackServer, loopbackTcpServer } from '../../servers/loopback-server.js';
import { during, resolverOf, send } from './client-under-test.js';

const strict = { rules: { allowHttpOnLoopback: false } };
const withoutPort = (host: string): string => host.replace(/(?<=\w|\]):\d+$/, '');

/** Sends a secret to a host named from outside, at this port, whatever was said of that host before. */
const sendSecret = (host: string, port: number, resolved: readonly string[]) =>
  send(
    {
      method: 'POST',
      url: `https://${withoutPort(host)}:${port}/auth`,
      form: [['consumer_secret', 'secret']],
      hostFromOutside: true,
    },
    { ...strict, resolve: resolverOf(resolved).resolve },
  );

describe('the HTTP client, which knows nothing of the checks before it,', () => {
  it('sends nothing to any host that is refused, even where all names lead to this machine', async () => {
    const server = await during(loopbackTcpServer());
    const sent: string[] = [];
    for (const [what, host] of refusedHosts) {
      const outcome = await sendSecret(host, server.port, ['127.0.0.1']);
      const why = isLeft(outcome) ? outcome.left.why : 'answered';
      if (why !== 'address_refused' && why !== 'invalid_url') sent.push(`${what}: ${host}: ${why}`);
    }
    expect(sent).toEqual([]);
    expect(server.connections).toHaveLength(0);
  });

  it.each(publicNames)('sends nothing to %s when that leads to a machine that is not public', async (host) => {
    const server = await during(loopbackTcpServer());
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '::1', '10.0.0.1', '100.64.0.1', '169.254.169.254']) {
      expect(await sendSecret(host, server.port, [address])).toMatchObject({ left: { why: 'address_refused' } });
      expect(await sendSecret(host, server.port, ['8.8.8.8', address])).toMatchObject({
        left: { why: 'address_refused' },
      });
    }
    expect(server.connections).toHaveLength(0);
  });
});

describe('a name that leads elsewhere the second time it is looked up', () => {
  const sendTo = (port: number, resolve: (hostname: string) => Promise<readonly string[]>, admitted: string) =>
    sendOnce(
      {
        method: 'POST',
        url: new URL(`http://localhost:${port}/auth`),
        headers: {},
        body: 'consumer_secret=secret',
        timeoutMs: 20_000,
        leavesBeforeMonotonicMs: Infinity,
        admits: (ip) => ip === admitted,
      },
      { resolve, trust: undefined, isOverdue: () => false },
    );

  it('is not looked up again: the connection goes to the address that was checked', async () => {
    const server = await during(loopbackServer((_request, response) => response.end('{}')));
    const { asked, resolve } = resolverOf(['127.0.0.1'], ['127.0.0.2']);
    expect(await sendTo(server.port, resolve, '127.0.0.1')).toMatchObject({ right: { status: 200 } });
    expect(asked).toEqual(['localhost']);
    expect(server.requests.map(({ body }) => body)).toEqual(['consumer_secret=secret']);
  });

  it('is not looked up again when nobody answers at the address that was checked', async () => {
    const inside = await during(loopbackTcpServer());
    const { asked, resolve } = resolverOf(['127.0.0.2'], ['127.0.0.1']);
    expect(await sendTo(inside.port, resolve, '127.0.0.2')).toMatchObject({ left: { _tag: 'Unsent' } });
    expect(asked).toEqual(['localhost']);
    expect(inside.connections).toHaveLength(0);
  });

  it('is refused the next time', async () => {
    const inside = await during(loopbackTcpServer());
    const { asked, resolve } = resolverOf(['127.0.0.2'], ['127.0.0.1']);
    await sendTo(inside.port, resolve, '127.0.0.2');
    expect(await sendTo(inside.port, resolve, '127.0.0.2')).toMatchObject({ left: { why: 'address_refused' } });
    expect(asked).toEqual(['localhost', 'localhost']);
    expect(inside.connections).toHaveLength(0);
  });
});
