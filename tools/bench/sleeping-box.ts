/**
 * As `idle-box.ts`, with all services asleep. Its first line is how long some of them took to answer, asleep,
 * then awake, and the last of those asleep again, in milliseconds, as JSON: `sleeping-box.ts FOLDER COUNT`.
 */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { startServices } from './many-services.ts';

const restMs = 3000;
const asked = 20;
const askedAgain = 5;

const [folder = '', count = '0'] = process.argv.slice(2);
process.once('SIGTERM', () => process.exit());
const { hub, supervisor, allAre } = await startServices({ folder, count: Number(count), sleepAfterMs: 200 });
await allAre('hibernated');
await pause(restMs);
async function answerMs(vm: number): Promise<number> {
	const startedAt = performance.now();
	await hub.request({ vm, topic: 'probe.echo', payload: new Uint8Array(64), deadlineMs: 1000 });
	return performance.now() - startedAt;
}
const asleep: number[] = [];
const awake: number[] = [];
for (const { id } of supervisor.views().slice(0, asked)) {
	asleep.push(await answerMs(id));
	awake.push(await answerMs(id));
}
await allAre('hibernated');
await pause(restMs);
const again: number[] = [];
for (const { id } of supervisor.views().slice(0, asked).slice(-askedAgain)) again.push(await answerMs(id));
await allAre('hibernated');
await pause(restMs);
writeSync(1, `${JSON.stringify({ asleep, awake, again })}\n`);
