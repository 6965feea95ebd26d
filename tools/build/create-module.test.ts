import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import protobuf from 'protobufjs';
import type { Effect, Event } from '../../runtime/component/generated/service.ts';
import { fuelFor } from '../../runtime/component/instrument/fuel.ts';
import { linkService } from '../../runtime/component/link.ts';
import { prepareComponent } from '../../runtime/component/prepare.ts';
import { BuildError } from './build-error.ts';
import { buildModule } from './component.ts';
import { createModule } from './create-module.ts';

async function emptyFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-new-'));
	t.teardown(() => rm(folder, { recursive: true }));
	return folder;
}

test('a new module can be built at once, counts rings and answers how many there were', async (t) => {
	const { directory } = await createModule({ name: 'back-door-2', parent: await emptyFolder(t) });
	const readme = await readFile(join(directory, 'README.md'), 'utf8');
	t.regex(readme, /^# back-door-2\n/);
	// Its commands are for the folder of the house, in which `npx` and a headend are found.
	const [, path = ''] = /^npx mullion push (\S+)/m.exec(readme) ?? [];
	t.is(resolve(import.meta.dirname, '../..', path), directory);
	const [built] = await buildModule({ directory });
	if (built === undefined) return t.fail();
	t.is(built.name, 'back-door-2');
	const { module, encoding } = await prepareComponent(built.bytes, {
		provided: new Map([
			['mullion:service/log@0.1.0', undefined],
			['mullion:service/key-value@0.1.0', 'key-value'],
		]),
	});
	const host = { log: { write: () => undefined }, keyValue: { get: () => undefined } };
	const guest = linkService({ module, encoding, host, mostBytes: 65_536, fuel: fuelFor(10) });
	const topics = ['back-door-2.ring', 'back-door-2.count', 'back-door-2.rung'];
	guest.start(0n, { vm: 1, config: new Uint8Array(), topics, baseband: '' });
	const root = await protobuf.load(join(directory, 'proto/back-door-2.proto'));
	const [Ring, Rung, Count] = ['Ring', 'Rung', 'Count'].map((name) =>
		root.lookupType(`back_door2.${name}`),
	) as [protobuf.Type, protobuf.Type, protobuf.Type];
	const send = (topic: number, payload: Uint8Array, correlation = 0): Effect[] => {
		const event: Event = { tag: 'message', val: { topic, sender: 9, correlation, payload } };
		return guest.turn(1n, [event]).val as Effect[];
	};
	const ring = Ring.encode({ door: 'garden' }).finish();
	send(0, ring);
	const rung = send(0, ring).find((effect) => effect.tag === 'publish');
	t.like(Rung.decode(rung?.val.payload ?? new Uint8Array()), {
		text: 'Someone is at the garden door',
		rings: 2,
	});
	const [reply] = send(1, new Uint8Array(), 5) as [Extract<Effect, { tag: 'reply' }>];
	t.like(reply, { tag: 'reply', val: { correlation: 5, outcome: { tag: 'ok' } } });
	t.like(Count.decode(reply.val.outcome.val as Uint8Array), { rings: 2 });
});

test('an editor finds the SDK from wherever the module is', async (t) => {
	const { directory } = await createModule({ name: 'bell', parent: await emptyFolder(t) });
	const file = join(directory, 'assembly/tsconfig.json');
	const { extends: std, compilerOptions } = JSON.parse(await readFile(file, 'utf8'));
	await t.notThrowsAsync(readFile(resolve(dirname(file), std)));
	await t.notThrowsAsync(readFile(resolve(dirname(file), compilerOptions.paths['mullion/sdk'][0])));
});

test('nothing of the template is left unfilled', async (t) => {
	const { directory, files } = await createModule({ name: 'bell', parent: await emptyFolder(t) });
	for (const file of files) {
		t.notRegex(file, /__/);
		t.notRegex(await readFile(join(directory, file), 'utf8'), /__/);
	}
});

test('a folder that exists is left as it is', async (t) => {
	const parent = await emptyFolder(t);
	await mkdir(join(parent, 'bell'));
	const error = await t.throwsAsync(createModule({ name: 'bell', parent }), { instanceOf: BuildError });
	t.is(error?.code, 'already-there');
});

for (const name of ['', 'Bell', '2-bells', 'a_b', 'a--b', '../bell', 'x'.repeat(65)]) {
	test(`"${name.slice(0, 10)}" is no name for a module`, async (t) => {
		const error = await t.throwsAsync(createModule({ name, parent: await emptyFolder(t) }), {
			instanceOf: BuildError,
		});
		t.is(error?.code, 'bad-name');
	});
}
