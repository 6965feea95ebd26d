import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { killAfter } from './killed-process.ts';

const program = fileURLToPath(new URL('kept-cell-process.ts', import.meta.url));
const rounds = Number(process.env['MULLION_KILLS'] ?? 12);

test('journalled VMs whose process is killed at any moment lose nothing and double nothing', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-kept-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const seen = new Map<string, { vm: string; turn: number; text: string; count: number }>();
	for (let round = 0; round < rounds; round++) {
		const first = round % 2 === 0 ? '1' : '2';
		const lines = await killAfter({ program, args: [folder, first], afterMs: 20 + Math.random() * 250 });
		for (const line of lines.slice(1)) {
			const [vm = '', turn, index, text = '', count] = line.split(' ');
			t.not(vm, '!', line);
			if (count === undefined) continue;
			const id = `${vm} ${turn} ${index}`;
			const word = { vm, turn: Number(turn), text, count: Number(count) };
			// What is said again is what was said.
			t.deepEqual(seen.get(id) ?? word, word);
			seen.set(id, word);
		}
	}
	for (const vm of ['1', '2']) {
		const words = [...seen.values()].filter((word) => word.vm === vm).toSorted((a, b) => a.turn - b.turn);
		t.true(words.length > rounds);
		// The last life was cut off; all that was said in the lives before it is whole.
		t.deepEqual(
			words.map(({ count }) => count),
			words.map((_, at) => at + 1),
		);
	}
	t.log(`${seen.size} messages in ${rounds} lives`);
});
