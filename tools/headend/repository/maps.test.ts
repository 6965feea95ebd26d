import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { keepMap, readMap } from './maps.ts';

test('a map is found by the digest of its module, and the oldest of too many go', async (t) => {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-maps-'));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	const digestOf = (index: number): string => index.toString(16).padStart(64, '0');
	for (let index = 0; index < 105; index++)
		await keepMap(directory, { digest: digestOf(index), map: `map ${index}` });

	t.is(await readMap(directory, digestOf(104)), 'map 104');
	t.is((await readdir(join(directory, 'maps'))).length, 100);
	t.is(await readMap(directory, 'ff'.repeat(32)), undefined);
	t.is(await readMap(directory, '../maps/x'), undefined);
});
