// What an operator has configured stays his: through ten new versions of the module, and whatever he does to another one.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { moduleTarget } from '../../headend/repository/module-target.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const updates = 10;
const box = await TestBox.start();
const { probe, stage } = box;
test.after.always(() => box[Symbol.asyncDispose]());

/** Has a module write this to its log when it starts. */
const saying = (text: string): Uint8Array => probe.order({ what: 'log', text, count: 1 });

/** Offers a version of a module that may be configured. @param config of the operator, if he has one for this version */
async function offer(name: string, version: string, config?: Uint8Array | null): Promise<string> {
	const bytes = withManifest(probe.built.bytes, (manifest) => ({
		...manifest,
		name,
		version,
		subscribes: { [`${name}.order`]: 'probe.Order' },
		config: { type: 'probe.Order', bytes: saying('as it was built').toBase64() },
	}));
	const target = moduleTarget({ name, version, vendor: 'mullion' }, config);
	await stage.headend.repository.addTarget({ ...target, bytes });
	return `tuf:${target.path}`;
}

/** Resolves once the module has a value on the disk. */
async function keep(module: string): Promise<void> {
	let from = box.lines.length;
	await box.order({ what: 'put', text: 'colour', count: 500 }, `${module}.order`);
	await box.order({ what: 'log', text: 'has put it', count: 1 }, `${module}.order`);
	await box.line(new RegExp(`${module}: has put it`), from);
	// A VM is started once all that it put before is written.
	from = box.lines.length;
	await box.restart(module);
	await box.line(new RegExp(`${module}: ${module} as the operator has it`), from);
}

interface Unit {
	readonly name: string;
	readonly digest: string;
	readonly config?: string;
}

const state = join(box.directory, 'box/state');
const fileHex = async (...path: string[]): Promise<string> =>
	(await readFile(join(state, ...path))).toString('hex');

/** What the box has on its disk of a module: its entry in the list of what is installed, its code, its key-values. */
async function onDisk(module: string) {
	const [, json = ''] = (await readFile(join(state, 'modules/index'), 'utf8')).split('\n');
	const settings = (JSON.parse(json).units as Unit[]).find(({ name }) => name === module);
	if (settings === undefined) throw new Error(`${module} is not in the list`);
	const values: Record<string, string> = {};
	for (const file of (await readdir(join(state, 'buckets', module))).toSorted())
		values[file] = await fileHex('buckets', module, file);
	return { settings, code: await fileHex('modules/blobs', settings.digest), values };
}

async function configHash(module: string): Promise<string> {
	const { settings } = await onDisk(module);
	return createHash('sha256')
		.update(settings.config ?? '')
		.digest('hex');
}

test.serial(
	'another module is configured anew, and every file of the one beside it is the same to the byte',
	async (t) => {
		for (const name of ['one', 'other']) {
			const url = await offer(name, '1.0.0', saying(`${name} as the operator has it`));
			t.deepEqual(await box.install(url), { fault: 0, code: '' });
			await keep(name);
		}
		const [one, other] = [await onDisk('one'), await onDisk('other')];
		t.is(Object.keys(one.values).length, 1);

		const from = box.lines.length;
		const url = await offer('other', '1.0.1', saying('other as he has it now'));
		t.deepEqual(await box.update('other', url), { fault: 0, code: '' });
		await box.line(/other: other as he has it now/, from);

		t.not((await onDisk('other')).settings.config, other.settings.config);
		t.deepEqual(await onDisk('one'), one);
	},
);

test.serial('ten new versions start as the operator has configured the first', async (t) => {
	const before = await configHash('one');
	for (let update = 1; update <= updates; update++) {
		const from = box.lines.length;
		t.deepEqual(await box.update('one', await offer('one', `1.0.${update}`)), { fault: 0, code: '' });
		await box.line(/one: one as the operator has it/, from);
		t.is(await configHash('one'), before);
	}
	t.true((await box.modules()).includes(`one 1.0.${updates}`));
});

test.serial('what he takes back is gone: the module starts as it was built', async (t) => {
	const from = box.lines.length;
	t.deepEqual(await box.update('one', await offer('one', '2.0.0', null)), { fault: 0, code: '' });
	await box.line(/one: as it was built/, from);
	t.is((await onDisk('one')).settings.config, undefined);
});
