import test from 'ava';
import { differencesOf } from './differences.ts';
import { isLeftOut, readList } from './expected-list.ts';
import { runFolder } from './folder-run.ts';

const folder = process.env['MULLION_CONFORMANCE'];

const check = folder === undefined ? test.skip : test;

check('the reference suite in the folder of MULLION_CONFORMANCE comes out as the list says', async (t) => {
	t.timeout(30 * 60_000);
	const list = await readList();
	const all = await runFolder({ folder: folder as string, isLeftOut: (file) => isLeftOut(list, file) });
	t.deepEqual(differencesOf(all, list), []);
});
