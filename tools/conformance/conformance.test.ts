import test from 'ava';
import { differencesOf } from './differences.ts';
import { isLeftOut, readList } from './expected-list.ts';
import { runFolder } from './folder-run.ts';

const folder = process.env['MULLION_CONFORMANCE'];

test('the reference suite comes out as the list says, where MULLION_CONFORMANCE names a checkout of it', async (t) => {
	const list = await readList();
	if (folder === undefined) {
		t.log('not run: MULLION_CONFORMANCE names no folder');
		t.pass();
		return;
	}
	t.timeout(30 * 60_000);
	const all = await runFolder({ folder, isLeftOut: (file) => isLeftOut(list, file) });
	t.deepEqual(differencesOf(all, list), []);
});
