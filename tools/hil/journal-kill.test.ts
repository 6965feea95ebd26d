import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { type Counter, openCounters } from './journal-counters.ts';
import { killAfter } from './killed-process.ts';

const program = fileURLToPath(new URL('journal-writer.ts', import.meta.url));
const rounds = 20;

test('a process killed at any moment of its journal loses nothing it was told is durable, and doubles nothing', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-kill-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	let total = 0;
	for (let round = 0; round < rounds; round++) {
		const said = await killAfter({ program, args: [folder], afterMs: Math.random() * 60 });
		const { counts, journal } = await openCounters(folder);
		await journal.close();
		for (const line of said) {
			const [name, durable] = line.split(' ');
			if (durable === undefined) continue;
			const count = counts.get(name as Counter) ?? 0;
			t.true(count >= Number(durable), `${name} was told that ${durable} is durable and is at ${count}`);
		}
		total = counts.values().reduce((sum, count) => sum + count, 0);
	}
	t.true(total > rounds);
	t.log(`${total} records in ${rounds} lives`);
});
