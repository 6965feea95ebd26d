import test from 'ava';
import { makeProbe } from '../../modules/probe/testbed.ts';
import { componentVariants } from '../../tools/bench/variants.ts';
import { codeOf } from '../component/made-code.ts';
import { delivery, moduleBox } from './module-box.fixture.ts';
import { ModuleError } from './module-error.ts';

const { built, component } = await makeProbe();
const variant = await componentVariants();
const { memoryPages } = component.manifest.budget;

test('the code of a module is kept for as long as the module is there, and that of one that is refused is not', async (t) => {
	const { start } = moduleBox(t);
	const { modules, code } = await start();
	await modules.install(await delivery(new Uint8Array(built.bytes)));
	t.is(code.size, 1);
	// Another build of the same version.
	const again = await delivery(variant(1));
	await t.throwsAsync(modules.install(again), { instanceOf: ModuleError });
	await t.throwsAsync(modules.update('probe', again), { instanceOf: ModuleError });
	t.is(code.size, 1);
	await modules.uninstall('probe', { retainData: false });
	t.is(code.size, 0);
});

test('the code that an install has made is there for the next start, until the module goes', async (t) => {
	const { start, found } = moduleBox(t);
	const { modules } = await start();
	const probe = await delivery(new Uint8Array(built.bytes));
	await modules.install(probe);
	t.deepEqual(await found(probe.digest), await codeOf(built.bytes, memoryPages));
	const next = await start();
	t.is(await next.settled(), 'running');
	t.deepEqual(await found(probe.digest), await codeOf(built.bytes, memoryPages));
	await next.modules.uninstall('probe', { retainData: false });
	t.is(await found(probe.digest), undefined);
});

test('the code of another platform is not used, and is gone once this one has made its own', async (t) => {
	const { start, found, files } = moduleBox(t);
	const probe = await delivery(new Uint8Array(built.bytes));
	await (await start()).modules.install(probe);
	t.is(await found(probe.digest, 'two'), undefined);
	await start({ platform: 'two' });
	t.deepEqual(await found(probe.digest, 'two'), await codeOf(built.bytes, memoryPages));
	t.is(await found(probe.digest, 'one'), undefined);
	t.is(files?.size, 1);
});

test('damaged code, and a damaged list of it, are made anew', async (t) => {
	const { start, found, files, index } = moduleBox(t);
	const probe = await delivery(new Uint8Array(built.bytes));
	await (await start()).modules.install(probe);
	files?.clear();
	t.is(await (await start()).settled(), 'running');
	t.not(await found(probe.digest), undefined);
	const wrong = { platform: 'one', made: { [probe.digest]: { memoryPages, key: '../../etc/passwd' } } };
	for (const text of ['', '{', 'null', '{"platform": "one"}', JSON.stringify(wrong)]) {
		await index.write('index', new TextEncoder().encode(text));
		t.is(await found(probe.digest), undefined, text);
		t.is(await (await start()).settled(), 'running');
		t.not(await found(probe.digest), undefined);
	}
});

test('code that the firmware carries is not remembered', async (t) => {
	const { start, found } = moduleBox(t);
	const probe = await delivery(new Uint8Array(built.bytes));
	const carried = async (digest: string) =>
		digest === probe.digest ? codeOf(built.bytes, memoryPages) : undefined;
	await (await start({ carried })).modules.install(probe);
	t.is(await found(probe.digest), undefined);
});
