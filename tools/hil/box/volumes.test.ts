// Sticks that are plugged into a whole box: modules that start from them, and what is on them that must not.
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { moduleTarget } from '../../headend/repository/module-target.ts';
import { Repository } from '../../headend/repository/repository.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const folder = await mkdtemp(join(tmpdir(), 'mullion-sticks-'));
/** Where the machine mounts what is plugged in. */
const media = join(folder, 'media');
await mkdir(media);
const box = await TestBox.start({ volumes: { folder: media, allow: ['chimes', 'probe'] } });
const { repository } = box.stage.headend;
test.after.always(async () => {
	await box[Symbol.asyncDispose]();
	await rm(folder, { recursive: true, force: true });
});

const dayMs = 86_400_000;
let sticks = 0;

/** A probe under another name, which keeps what it is told. */
function module(name: string, version: string) {
	const bytes = withManifest(box.probe.built.bytes, (manifest) => ({
		...manifest,
		name,
		version,
		durability: { mode: 'journal' },
		subscribes: { [`${name}.order`]: 'probe.Order', [`${name}.echo`]: 'probe.Word' },
	}));
	return { ...moduleTarget({ name, version, vendor: 'mullion' }), bytes };
}

/** The folder of a stick with these, which is not plugged in yet. */
async function written(
	modules: readonly ReturnType<typeof module>[],
	{ by = repository, lifetimeMs = dayMs }: { by?: Repository; lifetimeMs?: number } = {},
): Promise<string> {
	for (const target of modules) await by.addTarget(target);
	const stick = join(folder, `stick-${++sticks}`);
	await by.copyTo(stick, { paths: modules.map(({ path }) => path), lifetimeMs });
	return stick;
}

const plug = (stick: string, name = 'STICK') => rename(stick, join(media, name));

async function unplug(name = 'STICK'): Promise<string> {
	const stick = join(folder, `stick-${++sticks}`);
	const from = box.lines.length;
	await rename(join(media, name), stick);
	await box.line(new RegExp(`volume "${name}" was plugged out`), from);
	return stick;
}

/** The one file of a module on a stick. */
async function fileOn(stick: string, path: string): Promise<string> {
	const names = await readdir(join(stick, 'targets', 'modules'));
	const name = names.find((each) => each.endsWith(path.slice(path.lastIndexOf('/') + 1)));
	return join(stick, 'targets', 'modules', name ?? '');
}

const chimes = module('chimes', '1.0.0');

test.serial('a copy that is past its time is not believed', async (t) => {
	const from = box.lines.length;
	await plug(await written([chimes], { lifetimeMs: 1 }));
	await box.line(/volume "STICK": metadata-expired/, from);
	await unplug();
	t.deepEqual(await box.modules(), []);
});

test.serial('nor is one that another than the operator has signed', async (t) => {
	const stranger = await Repository.create({ directory: join(folder, 'stranger') });
	const from = box.lines.length;
	await plug(await written([chimes], { by: stranger }));
	await box.line(/volume "STICK": metadata-signature/, from);
	await unplug();
	t.deepEqual(await box.modules(), []);
});

test.serial('a stick without anything for the box is nothing to speak of', async (t) => {
	const stick = join(folder, 'photos');
	await mkdir(join(stick, 'DCIM'), { recursive: true });
	await writeFile(join(stick, 'DCIM', 'me.jpg'), 'a picture');
	const from = box.lines.length;
	await plug(stick);
	await box.line(/volume "STICK" was plugged in/, from);
	await unplug();
	t.deepEqual(
		box.lines.slice(from).filter((line) => line.includes('warn') && line.includes('volume')),
		[],
	);
});

test.serial('a copy is found that is written onto a stick that is plugged in already', async (t) => {
	const before = box.lines.length;
	await mkdir(join(media, 'STICK'));
	await box.line(/volume "STICK" was plugged in/, before);
	await repository.addTarget(chimes);
	const from = box.lines.length;
	await repository.copyTo(join(media, 'STICK'), { paths: [chimes.path], lifetimeMs: dayMs });
	// A folder that comes beside it has the box look.
	await mkdir(join(media, 'OTHER'));
	await box.line(/chimes 1\.0\.0 came on volume "STICK"/, from);
	await unplug();
	t.deepEqual(await box.uninstall('chimes'), { fault: 0, code: '' });
	await rm(join(media, 'OTHER'), { recursive: true });
});

test.serial('what was cut or changed on a stick is not installed', async (t) => {
	const cut = await written([chimes]);
	await truncate(await fileOn(cut, chimes.path), 1000);
	let from = box.lines.length;
	await plug(cut);
	await box.line(/volume "STICK": volume-damaged: .*1000 bytes/, from);
	await unplug();

	const changed = await written([chimes]);
	const file = await fileOn(changed, chimes.path);
	const bytes = await readFile(file);
	bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
	await writeFile(file, bytes);
	from = box.lines.length;
	await plug(changed);
	await box.line(/volume "STICK": volume-damaged: .*digest/, from);
	await unplug();
	t.deepEqual(await box.modules(), []);
});

test.serial('a module starts from a stick, beside one that the box does not allow', async (t) => {
	const from = box.lines.length;
	await plug(await written([chimes, module('stranger', '1.0.0')]));
	await box.line(/volume "STICK": volume-denied: .*stranger/, from);
	await box.line(/chimes 1\.0\.0 came on volume "STICK"/, from);
	t.deepEqual(await box.modules(), ['chimes 1.0.0']);
	t.like(await box.vm('chimes'), { state: 'running' });
	await box.order({ what: 'put', text: 'key', count: 1 }, 'chimes.order');
});

test.serial(
	'pulled out while it runs it is parked, over a power cut too, and goes on with what it knew',
	async (t) => {
		let from = box.lines.length;
		const stick = await unplug();
		await box.line(/chimes: (running|hibernated) -> suspended: the volume that it came on is not/, from);
		await box.stage.powerCut();
		from = box.lines.length;
		await box.stage.powerOn();
		await box.line(/chimes: installed -> suspended/, from);
		const another = join(folder, 'another');
		await mkdir(another);
		await plug(another, 'OTHER');
		await box.line(/volume "OTHER" was plugged in/, from);
		t.like(await box.vm('chimes'), { state: 'suspended' });
		await plug(stick);
		await box.line(/chimes: starting -> running/, from);
		await box.order({ what: 'get', text: 'key' }, 'chimes.order');
		await box.echo('chimes.echo');
		t.is((await box.vm('chimes'))?.restarts, 0);
	},
);

test.serial('a file of the same name and length does not stand for the module', async (t) => {
	const stick = await unplug();
	const fake = join(folder, 'fake');
	await cp(stick, fake, { recursive: true });
	const file = await fileOn(fake, chimes.path);
	await writeFile(file, new Uint8Array((await readFile(file)).length));
	const from = box.lines.length;
	await plug(fake);
	await box.line(/volume "STICK": volume-damaged: .*digest/, from);
	t.like(await box.vm('chimes'), { state: 'suspended' });
	await unplug();
	await plug(stick);
	await box.line(/chimes: suspended -> running/, from);
});

test.serial(
	'a newer version on a stick takes the place of the one before, and an older one does not',
	async (t) => {
		const older = await unplug();
		let from = box.lines.length;
		await plug(await written([module('chimes', '1.10.0')]));
		await box.line(/chimes 1\.10\.0 came on volume "STICK"/, from);
		t.deepEqual(await box.modules(), ['chimes 1.10.0']);
		const newer = await unplug();
		from = box.lines.length;
		await plug(older);
		await box.line(/volume "STICK" was plugged in/, from);
		await unplug();
		t.deepEqual(await box.modules(), ['chimes 1.10.0']);
		t.like(await box.vm('chimes'), { state: 'suspended' });
		from = box.lines.length;
		await plug(newer);
		await box.line(/chimes: suspended -> (starting|running)/, from);
		await box.echo('chimes.echo');
	},
);

test.serial('what the operator has installed himself is none of a stick', async (t) => {
	const probe = moduleTarget({ name: 'probe', version: '0.1.0', vendor: 'mullion' });
	await repository.addTarget({ ...probe, bytes: box.probe.built.bytes });
	t.deepEqual(await box.install(`tuf:${probe.path}`), { fault: 0, code: '' });
	await unplug();
	const from = box.lines.length;
	const newer = withManifest(box.probe.built.bytes, (manifest) => ({ ...manifest, version: '9.0.0' }));
	const target = moduleTarget({ name: 'probe', version: '9.0.0', vendor: 'mullion' });
	await plug(await written([{ ...target, bytes: newer }]));
	await box.line(/volume "STICK" was plugged in/, from);
	await unplug();
	t.true((await box.modules()).includes('probe 0.1.0'));
	await box.echo();
});
