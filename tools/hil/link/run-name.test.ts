import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { newRunNames, staleNamespaces } from './run-name.ts';

test('only the namespaces of processes that are gone count as left behind', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'run-name-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const mine = await newRunNames();
	// The kernel gives out no pid above 2^22; a pid that came again has another start.
	const dead = 'mullion-box-4194305-77-0';
	const pidCameAgain = `mullion-core-${process.pid}-1-0`;
	for (const name of [mine.box, mine.core, dead, pidCameAgain, 'mullion-box', 'someone-else'])
		await writeFile(join(folder, name), '');

	const stale = await staleNamespaces(folder);

	t.deepEqual(stale.toSorted(), [dead, pidCameAgain]);
});

test('two rigs of one process have names of their own', async (t) => {
	const first = await newRunNames();
	const second = await newRunNames();

	t.is(new Set([first.box, first.core, second.box, second.core]).size, 4);
});

test('a machine that never had a namespace has none left behind', async (t) => {
	t.deepEqual(await staleNamespaces('/nowhere/at/all'), []);
});
