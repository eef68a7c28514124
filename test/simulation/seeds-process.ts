import { makeWorkerMaker } from './make-worker.js';
import { simulateLane } from './simulate.js';

/** So many seeds of all lanes are run between two reports. */
const seedsAReport = 20;

/** `node seeds-process.js LANE FIRST END` runs the seeds of one lane and tells its parent how far it is, some at a time. */
const [lane = 0, first = 0, end = 0] = process.argv.slice(2).map(Number);
const makeWorker = makeWorkerMaker();
const stray: string[] = [];
let done = first;

process.on('unhandledRejection', (reason) => {
  stray.push(`here or up to ${seedsAReport} seeds later a rejection was left unhandled: ${String(reason)}`);
});
// Ctrl+C reaches the whole group, and the parent says when it is over.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(done < end ? 1 : 0));

while (done < end) {
  const seeds = { first: done, end: Math.min(done + seedsAReport, end) };
  const { schedules, failures, seen } = await simulateLane(lane, seeds, makeWorker, Infinity);
  const violated = failures.map(({ seed, violations }) => ({ seed, violations }));
  if (stray.length > 0) violated.push({ seed: seeds.first, violations: stray.splice(0) });
  done = seeds.end;
  process.send?.({ next: done, schedules, seen, failures: violated });
}
process.disconnect();
