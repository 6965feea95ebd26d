/** A probe that was recorded while it did what it was told. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeProbe, type Order } from '../../modules/probe/testbed.ts';
import { type BuiltModule, buildModule } from '../../tools/build/component.ts';
import type { Event } from '../component/generated/service.ts';
import { bareSpec } from '../vm/bare-spec.fixture.ts';
import type { VmSpec } from '../vm/cell-protocol.ts';
import { VmError } from '../vm/error.ts';
import { Vm } from '../vm/vm.ts';
import { openingOf } from './opening.ts';
import { Recorder } from './recorder.ts';
import { finished, framedOpening } from './recording.ts';

export const probe = await makeProbe();

export const platform = '0.1.0';
const topics = ['probe.out', 'probe.order', 'media.state', 'probe.echo'];
const startedAtUs = 1_790_000_000_000_000;

export function orders(...given: readonly Order[]): Event[] {
	return given.map((order) => ({
		tag: 'message',
		val: { topic: topics.indexOf('probe.order'), sender: 0, correlation: 0, payload: probe.order(order) },
	}));
}

/** The file of a recording: a start, and a turn for each inbox until one fails. */
export async function recordProbe(
	inboxes: readonly Event[][],
	{ bucket = new Map<string, Uint8Array>(), bytes = 1_000_000 } = {},
): Promise<Uint8Array> {
	const spec = probeSpec(bucket);
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', probe.built.bytes)).toHex();
	const { name: module, version } = probe.built;
	const parts: Uint8Array[] = [framedOpening(openingOf(7, spec, { module, version, digest, platform }))];
	let why = 'asked for';
	const recorder = new Recorder({
		vm: 7,
		order: { id: 1, turns: inboxes.length + 1, bytes },
		say: ({ bytes: part, ended }) => {
			parts.push(part);
			why = ended ?? why;
		},
	});
	const vm = new Vm({ id: 7, spec, watch: recorder });
	try {
		vm.start(BigInt(startedAtUs));
		for (const [at, inbox] of inboxes.entries())
			for (const { tag, val } of vm.turn(BigInt(startedAtUs + (at + 1) * 1000), inbox))
				if (tag === 'put') vm.remember(val.key, val.value);
	} catch (error) {
		if (!(error instanceof VmError)) throw error;
	}
	return finished(new Uint8Array(Buffer.concat(parts)), why);
}

function probeSpec(bucket: ReadonlyMap<string, Uint8Array>): VmSpec {
	return bareSpec(probe.component, {
		topics: topics.map((name) => ({ name, mayPublish: true, maySubscribe: true, whenFull: 'block' })),
		effects: ['put', 'delete', 'fetch', 'cancel-fetch'],
		log: { linesPerTurn: 100, bytesPerTurn: 10_000 },
		bucket,
		bucketBytes: 1024,
		clockStepUs: 1000,
	});
}

/** Another build of the probe, made of its source with one text in the place of another. */
export async function otherProbe(from: string, to: string): Promise<BuiltModule> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-probe-'));
	try {
		const source = fileURLToPath(new URL('../../modules/probe', import.meta.url));
		await cp(source, folder, { recursive: true, filter: (path) => !path.includes('/dist') });
		const file = join(folder, 'assembly/index.ts');
		const text = await readFile(file, 'utf8');
		if (!text.includes(from)) throw new Error(`the probe does not say "${from}" anywhere`);
		await writeFile(file, text.replace(from, to));
		const [built] = await buildModule({ directory: folder });
		if (built === undefined) throw new Error('nothing was built');
		return built;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
