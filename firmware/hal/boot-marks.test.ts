import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { bootClock, parseMarks } from './boot-marks.ts';

test('what the scripts of an image have written becomes phases before and beside the program', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-boot-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const file = join(folder, 'marks');
	await writeFile(
		file,
		'initrd 1.20\nroot 2.31\neth0-asked 2.50\nwlan0-asked 2.51\nplatform 2.60\neth0-bound 3.75\n',
	);
	const clock = bootClock(true, file);
	const phases = await clock.around();
	const between = (name: string): [number, number] | undefined => {
		const phase = phases.find((each) => each.name === name);
		return phase && [Math.round(phase.startMs), Math.round(phase.endMs)];
	};
	t.deepEqual(between('Linux'), [0, 1200]);
	t.deepEqual(between('verified root'), [1200, 2310]);
	t.deepEqual(between('system'), [2310, 2600]);
	t.deepEqual(between('eth0'), [2500, 3750]);
	t.is(between('wlan0'), undefined, 'a network that did not come is not there');
	const [node, read] = ['Node', 'firmware read'].map((name) => phases.find((each) => each.name === name));
	t.is(node?.endMs, read?.startMs);
	t.true((read?.endMs ?? 0) <= clock.now());
});

test('elsewhere the start is that of this program', async (t) => {
	const clock = bootClock(false);
	t.true(clock.now() <= performance.now());
	t.deepEqual(
		(await clock.around()).map(({ name }) => name),
		['Node', 'firmware read'],
	);
});

test('an image that has written nothing down tells of its program only', async (t) => {
	t.is((await bootClock(true, '/nowhere/marks').around()).length, 2);
});

test('of lines that are none nothing is taken', (t) => {
	t.deepEqual([...parseMarks('root 2.31\n 1.2\nroot x\nroot 9.99\ninitrd \ncut 1.')], [['root', 2310]]);
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (text) => {
			for (const [name, ms] of parseMarks(text)) if (name === '' || !Number.isFinite(ms)) return false;
			return true;
		}),
	);
});
