// One module is replaced again and again: of the one beside it nothing stops, starts anew or is forgotten.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { moduleTarget } from '../../headend/repository/module-target.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const updates = 20;
const box = await TestBox.start();
const { probe, stage } = box;
const { operator } = stage;
test.after.always(() => box[Symbol.asyncDispose]());

/** One that answers on a topic of its own, and hears no other. */
function other(version: string): Uint8Array {
	return withManifest(probe.built.bytes, (manifest) => ({
		...manifest,
		name: 'other',
		version,
		subscribes: { 'other.echo': 'probe.Word' },
	}));
}

/** Has the probe count one more, and say how many there are. */
async function countOn(): Promise<number> {
	const Payload = Buffer.from(probe.order({ what: 'get', text: 'started-with' })).toString('base64');
	const answer = await operator.operate(
		'Device.X_MULLION_Bus.Request()',
		{ Topic: 'probe.order', Payload, DeadlineMs: '10000' },
		{ isSync: true },
	);
	const { text, count } = probe.word(Buffer.from(answer['Payload'] ?? '', 'base64'));
	if (text !== 'something') throw new Error(`${count}: what it keeps is gone`);
	return count;
}

/** Counts until it is told to stop; every answer in order. */
function counting(): () => Promise<number[]> {
	let isOver = false;
	const counts = (async () => {
		const seen: number[] = [];
		while (!isOver) seen.push(await countOn());
		return seen;
	})();
	// Reported by who stops it.
	counts.catch(() => undefined);
	return () => {
		isOver = true;
		return counts;
	};
}

/** What the box has on its disk of the probe: its key-values by file, and its entry in the list of modules. */
async function onDisk(): Promise<{ values: Record<string, string>; unit: { config?: string } }> {
	const state = join(box.directory, 'box/state');
	const bucket = join(state, 'buckets/probe');
	const files = (await readdir(bucket)).toSorted();
	const values = await Promise.all(
		files.map(async (file) => [file, (await readFile(join(bucket, file))).toString('hex')]),
	);
	const [, json = ''] = (await readFile(join(state, 'modules/index'), 'utf8')).split('\n');
	const units = JSON.parse(json).units as { name: string; config?: string }[];
	return { values: Object.fromEntries(values), unit: units.find(({ name }) => name === 'probe') ?? {} };
}

/** Resolves once just these values are on the disk: a service goes on while what it keeps is being written. */
async function written(keys: readonly string[]): Promise<void> {
	const wanted = keys.map((key) => Buffer.from(key).toString('hex')).join();
	for (;;) {
		const files = await readdir(join(box.directory, 'box/state/buckets/probe'));
		if (files.toSorted().join() === wanted) return;
	}
}

test('a module is updated twenty times, and the one beside it counts on with all that it keeps', async (t) => {
	const config = probe.order({ what: 'put', text: 'started-with', count: 7 });
	const configurable = withManifest(probe.built.bytes, (manifest) => ({
		...manifest,
		config: { type: 'probe.Order', bytes: '' },
	}));
	const target = moduleTarget(probe.built.manifest, config);
	await stage.headend.repository.addTarget({ ...target, bytes: configurable });
	t.deepEqual(await box.install(`tuf:${target.path}`), { fault: 0, code: '' });
	t.deepEqual(await box.install(await box.sign(other('1.0.0'), 'modules/other-0.wasm')), {
		fault: 0,
		code: '',
	});
	await box.order({ what: 'put', text: 'colour', count: 500 });
	t.is(await countOn(), 2);
	await written(['colour', 'started-with']);
	const kept = await onDisk();
	t.is(kept.unit.config, Buffer.from(config).toString('base64'));
	const from = box.lines.length;
	const before = await box.vm('probe');

	const stopCounting = counting();
	for (let update = 1; update <= updates; update++) {
		const url = await box.sign(other(`1.0.${update}`), `modules/other-${update}.wasm`);
		t.deepEqual(await box.update('other', url), { fault: 0, code: '' });
		await box.echo('other.echo');
	}
	const counts = await stopCounting();

	t.true((await box.modules()).includes(`other 1.0.${updates}`));
	t.true(counts.length > updates, `${counts.length} answers in all the time`);
	t.deepEqual(
		counts,
		Array.from(counts, (_, at) => 3 + at),
	);
	t.deepEqual(await onDisk(), kept);
	t.deepEqual(
		box.lines.slice(from).filter((line) => /\bprobe: /.test(line)),
		[],
		'nothing happened to it',
	);
	t.like(await box.vm('probe'), { state: 'running', restarts: before?.restarts });
	t.log(`${counts.length} answers while ${updates} versions came`);
});
