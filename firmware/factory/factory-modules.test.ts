import test from 'ava';
import { compareVersions } from '../../runtime/module/module-version.ts';
import type { FactoryPolicy } from './factory-module.ts';
import { FactoryBox, firmwareOf } from './testbed.fixture.ts';

const clock = (version: string, policy: FactoryPolicy = 'newer') => ({ name: 'clock', version, policy });
const radio = { name: 'radio', version: '1.0.0' };
const a = firmwareOf('a', [clock('1.0.0')]);

test('a box has the modules of its firmware from its first start, and nothing is done again', async (t) => {
	const box = new FactoryBox();
	t.true((await box.boot(a)).isDone);
	t.deepEqual(await box.modules(), ['clock 1.0.0']);
	const { steps } = box.directory.disk;

	await box.boot(a);

	t.is(box.directory.disk.steps, steps);
});

test('new firmware brings its versions, which find what was kept, and what it adds', async (t) => {
	const box = new FactoryBox();
	await box.boot(a);
	await box.keep('clock', 'summer');

	await box.boot(firmwareOf('b', [clock('2.0.0'), radio]));

	t.deepEqual(await box.modules(), ['clock 2.0.0 summer', 'radio 1.0.0']);
});

test('what the operator has configured stays with the module when new firmware brings another version, and when it is given back', async (t) => {
	const box = new FactoryBox();
	const configurable = (version: string) => ({ ...clock(version), configType: 'clock.Time' });
	await box.boot(firmwareOf('a', [configurable('1.0.0')]));
	await box.push(configurable('1.5.0'), 'CAc=');

	await box.boot(firmwareOf('b', [configurable('2.0.0')]));
	t.deepEqual(await box.modules(), ['clock 2.0.0']);
	t.is(await box.config('clock'), 'CAc=');

	await box.boot(firmwareOf('a', [configurable('1.0.0')]));
	t.deepEqual(await box.modules(), ['clock 1.5.0']);
	t.is(await box.config('clock'), 'CAc=');
});

test('a version of new firmware that takes another message starts as it was built, which is told', async (t) => {
	const box = new FactoryBox();
	await box.push({ ...clock('1.0.0'), configType: 'clock.Time' }, 'CAc=');

	await box.boot(firmwareOf('b', [{ ...clock('2.0.0'), configType: 'clock.Alarm' }]));

	t.deepEqual(await box.modules(), ['clock 2.0.0']);
	t.is(await box.config('clock'), undefined);
	t.true(box.notes.some((note) => /^bad-start-config: clock 2\.0\.0 .*starts as it was built$/.test(note)));
});

test('given back, the old version is there with what it had kept, and the new one with its own once it is tried again', async (t) => {
	const box = new FactoryBox();
	const b = firmwareOf('b', [clock('2.0.0'), radio]);
	await box.boot(a);
	await box.keep('clock', 'of 1');
	await box.boot(b);
	await box.keep('clock', 'of 2');
	await box.keep('radio', 'loud');

	await box.boot(a);
	t.deepEqual(await box.modules(), ['clock 1.0.0 of 1']);
	t.is(await box.kept('radio'), undefined);

	await box.boot(b);
	t.deepEqual(await box.modules(), ['clock 2.0.0 of 2', 'radio 1.0.0 loud']);
	await box.boot(a);
	t.deepEqual(await box.modules(), ['clock 1.0.0 of 1']);
});

for (const [policy, pushed, found] of [
	['keep', '1.5.0', '1.5.0'],
	['keep', '3.0.0', '3.0.0'],
	['newer', '1.5.0', '2.0.0'],
	['newer', '2.0.0-rc.1', '2.0.0'],
	['newer', '3.0.0', '3.0.0'],
	['firmware', '3.0.0', '2.0.0'],
] as const)
	test(`with the policy "${policy}" and 2.0.0 in the firmware, of a pushed ${pushed} comes ${found}`, async (t) => {
		const box = new FactoryBox();
		await box.boot(a);
		await box.push(clock(pushed));

		await box.boot(firmwareOf('b', [clock('2.0.0', policy)]));
		t.deepEqual(await box.modules(), [`clock ${found}`]);

		await box.boot(a);
		t.deepEqual(await box.modules(), [`clock ${pushed}`]);
	});

for (const [policy, found] of [
	['keep', []],
	['newer', []],
	['firmware', ['clock 2.0.0']],
] as const)
	test(`a module that the operator has removed: with the policy "${policy}" new firmware makes ${found.length} of it`, async (t) => {
		const box = new FactoryBox();
		await box.boot(a);
		await box.remove('clock');
		await box.boot(a);
		t.deepEqual(await box.modules(), []);

		await box.boot(firmwareOf('b', [clock('2.0.0', policy)]));
		t.deepEqual(await box.modules(), [...found]);

		await box.boot(a);
		t.deepEqual(await box.modules(), []);
	});

test('what an earlier firmware gave is replaced by whatever the next one carries, unless that says to keep it', async (t) => {
	const box = new FactoryBox();
	await box.boot(firmwareOf('a', [clock('2.0.0'), radio]));

	await box.boot(firmwareOf('b', [clock('1.0.0'), { ...radio, version: '0.9.0', policy: 'keep' }]));

	t.deepEqual(await box.modules(), ['clock 1.0.0', 'radio 1.0.0']);
});

test('a module that new firmware has no more goes, unless the operator pushed it or it was to be kept', async (t) => {
	const box = new FactoryBox();
	const kept = { name: 'kept', version: '1.0.0', policy: 'keep' as const };
	const full = firmwareOf('a', [clock('1.0.0'), radio, kept]);
	await box.boot(full);
	await box.push({ ...radio, version: '1.1.0' });
	await box.keep('clock', 'summer');

	await box.boot(firmwareOf('b', []));
	t.deepEqual(await box.modules(), ['kept 1.0.0', 'radio 1.1.0']);
	t.is(await box.kept('clock'), undefined);

	await box.boot(full);
	t.deepEqual(await box.modules(), ['clock 1.0.0 summer', 'kept 1.0.0', 'radio 1.1.0']);
});

test('what the operator did while new firmware ran stays as he left it when that is given back', async (t) => {
	const box = new FactoryBox();
	const names = ['pushed', 'removed', 'idle', 'added'];
	const at = (version: string) => names.map((name) => ({ name, version }));
	await box.boot(firmwareOf('a', at('1.0.0').slice(0, 3)));
	await box.boot(firmwareOf('b', at('2.0.0')));
	await box.push({ name: 'pushed', version: '2.0.1' });
	await box.remove('removed');
	await box.setIdle('idle');
	await box.push({ name: 'added', version: '2.0.1' });

	await box.boot(firmwareOf('a', at('1.0.0').slice(0, 3)));

	t.deepEqual(await box.modules(), ['added 2.0.1', 'idle 1.0.0 idle', 'pushed 2.0.1']);
});

test('once firmware is good, what no firmware on the box will use is forgotten, once', async (t) => {
	const box = new FactoryBox();
	const forgotten = async (firmware: ReturnType<typeof firmwareOf>): Promise<string[]> => {
		const vms: string[] = [];
		await (await box.boot(firmware)).settled((vm, butFor) => {
			t.is(butFor, firmware.modules.find(({ name }) => name === vm)?.digest);
			vms.push(vm);
		});
		return vms;
	};
	const at = (version: string) => [
		{ name: 'ledger', version, durability: 'journal' as const },
		{ name: 'view', version, durability: 'snapshot' as const },
	];
	const [one, two, three] = ['1.0.0', '2.0.0', '3.0.0'].map((version) => firmwareOf(version, at(version)));
	if (one === undefined || two === undefined || three === undefined) return t.fail();
	t.deepEqual(await forgotten(one), []);
	await box.setIdle('ledger');

	// Snapshots wait for the way back; a journalled past would hold up the journal of its cell.
	t.deepEqual(await forgotten(two), ['ledger']);
	t.deepEqual(await forgotten(two), []);
	// Nothing of the first is on the box any more.
	t.deepEqual((await forgotten(three)).toSorted(), ['ledger', 'view']);
});

test('a disk that is full keeps firmware from its modules, the box starts, and the next start brings them', async (t) => {
	const box = new FactoryBox();
	await box.boot(a);
	const b = firmwareOf('b', [clock('2.0.0')]);
	box.directory.disk.failAfter(1, 'disk-full');

	t.false((await box.boot(b)).isDone);
	t.regex(box.notes.at(-1) ?? '', /not all there: disk-full/);
	t.true((await box.boot(b)).isDone);
	t.deepEqual(await box.modules(), ['clock 2.0.0']);
});

test('versions are ordered as semver says', (t) => {
	const inOrder = ['1.0.0-1', '1.0.0-2', '1.0.0-10', '1.0.0-a', '1.0.0-a.1', '1.0.0-b', '1.0.0', '1.0.1'];
	const all = [...inOrder, '1.2.0', '1.10.0', '2.0.0'];
	t.deepEqual(all.toReversed().sort(compareVersions), all);
	t.is(compareVersions('1.0.0', '1.0.0'), 0);
});
