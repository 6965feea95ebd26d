// A journalled VM is killed at the moment somebody sees a line that it wrote: after that, its turn has happened.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { makeProbe } from '../../modules/probe/testbed.ts';
import { writeWork } from './kept-cell-work.ts';
import { killAfter } from './killed-process.ts';
import { probeWork } from './probe-work.ts';

const kills = Number(process.env['MULLION_KILLS'] ?? 12);
const program = fileURLToPath(new URL('kept-cell-process.ts', import.meta.url));
const vms = [1];

test('a line of a journalled VM that was seen is of a turn that no kill undoes', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-seen-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const probe = await makeProbe();
	const [writing, counting] = [join(folder, 'writing'), join(folder, 'counting')];
	// Nobody hears anything else of it, so that nothing but the line can have made the turn durable.
	writeWork(writing, probeWork(probe, { vms, order: { what: 'log', count: 1, text: 'obeyed' } }));
	writeWork(counting, probeWork(probe, { vms, order: { what: 'count' } }));
	const live = (work: string, lines: number): Promise<string[]> =>
		killAfter({ program, args: [join(folder, 'cell'), work, '1'], from: 'up', lines, afterMs: 0 });

	let seen = 0;
	for (let life = 0; life < kills; life++) {
		const lines = await live(writing, 1 + (life % 6));
		seen += lines.filter((line) => line.includes('"obeyed"')).length;
	}
	const word = (await live(counting, 1)).map((line) => line.split(' ')[3]).find((part) => part !== undefined);
	const had = probe.word(Uint8Array.fromHex(word ?? '')).count - 1;

	t.true(seen >= kills);
	t.true(had >= seen, `${had} orders of ${seen} that were seen to be obeyed`);
});
