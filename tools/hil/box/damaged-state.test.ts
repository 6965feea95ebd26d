// Files of a box that hold anything but what it wrote: it comes to its cloud, says what is lost, and takes it again.
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const box = await TestBox.start();
const state = join(box.directory, 'box', 'state');
const whole = join(box.directory, 'whole');

const kept = withManifest(box.probe.built.bytes, (manifest) => ({
	...manifest,
	name: 'kept',
	durability: { mode: 'journal' },
	publishes: {},
	subscribes: { 'kept.order': 'probe.Order', 'kept.echo': 'probe.Word' },
}));
const urls = [
	await box.publish({ bytes: box.probe.built.bytes, manifest: box.probe.built.manifest }),
	await box.publish({ bytes: kept, manifest: { name: 'kept', version: '0.1.0', vendor: 'mullion' } }),
];
for (const url of urls) await box.install(url);
await box.order({ what: 'put', text: 'key', count: 1 });
await box.order({ what: 'put', text: 'key', count: 1 }, 'kept.order');
await box.echo();
await box.echo('kept.echo');
await box.stage.powerCut();
await cp(state, whole, { recursive: true });

const entries = await readdir(whole, { recursive: true, withFileTypes: true });
const files = entries
	.filter((entry) => entry.isFile())
	.map(({ parentPath, name }) => join(parentPath, name).slice(whole.length + 1))
	.sort();

test.after.always(() => box[Symbol.asyncDispose]());

/** Starts the box with these files full of something else. Resolves with what it says of that. */
async function startWith(damaged: readonly string[]): Promise<readonly string[]> {
	await rm(state, { recursive: true, force: true });
	await cp(whole, state, { recursive: true });
	for (const file of damaged) {
		const { length } = await readFile(join(state, file));
		await writeFile(join(state, file), new Uint8Array(Math.max(64, length)).fill(0xa5));
	}
	const from = box.lines.length;
	await box.stage.powerOn();
	await box.stage.operator.get(['Device.DeviceInfo.UpTime']);
	await box.line(/"kind":"ready"/, from);
	return box.lines.slice(from);
}

test.serial(
	'whichever file is damaged, the box comes to its cloud, and leaves out one module at most',
	async (t) => {
		t.true(files.includes('modules/index') && files.some((file) => file.startsWith('cells/')), files.join());
		for (const file of files) {
			const said = await startWith([file]);
			const isModule = file.startsWith('modules/blobs/');
			const there = await box.modules();
			t.is(there.length, isModule ? 1 : 2, file);
			t.is(
				said.some((line) => line.includes('is left out: store-corrupt')),
				isModule,
				file,
			);
			for (const module of there) await box.echo(`${module.split(' ')[0]}.echo`);
			await box.stage.powerCut();
		}
	},
);

test.serial('with all of them damaged it says so, and its modules are installed again', async (t) => {
	const said = await startWith(files);
	t.true(said.some((line) => line.includes('modules have to be installed again: store-corrupt')));
	// What is left of its name at the broker is no name.
	t.false(said.some((line) => line.includes(encodeURIComponent('\u{fffd}'))));
	t.deepEqual(await box.modules(), []);
	for (const url of urls) t.deepEqual(await box.install(url), { fault: 0, code: '' });
	await box.echo();
	await box.echo('kept.echo');
});
