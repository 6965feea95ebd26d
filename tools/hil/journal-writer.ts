/** Counts in a journal until it is killed, and says what is durable: `clock 41`. Argument: its folder. */
import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { type Counter, counters, openCounters } from './journal-counters.ts';

const [folder = ''] = process.argv.slice(2);
const waiting: { sequence: number; name: Counter; count: number }[] = [];

const { journal, count, snapshot } = await openCounters(folder, (durable) => {
	const said = new Map<Counter, number>();
	while (waiting[0] !== undefined && waiting[0].sequence <= durable) {
		said.set(waiting[0].name, waiting[0].count);
		waiting.shift();
	}
	// Said at once: what lies in a buffer when the process is killed was never said.
	for (const [name, last] of said) writeSync(1, `${name} ${last}\n`);
});
writeSync(1, 'opened\n');

const one = <Item>(of: readonly Item[]): Item => of[Math.floor(Math.random() * of.length)] as Item;
for (;;) {
	for (let left = Math.random() * 40; left > 0 && journal.hasRoom; left--) {
		const name = one(counters);
		const counted = count(name, Math.random() < 0.02 ? 20_000 : Math.floor(Math.random() * 600));
		waiting.push({ name, ...counted });
		if (Math.random() < 0.2) journal.need(counted.sequence);
	}
	await turn();
	if (Math.random() < 0.01) {
		await journal.whenDurable(waiting.at(-1)?.sequence ?? 0);
		await snapshot(one(counters));
	}
}
