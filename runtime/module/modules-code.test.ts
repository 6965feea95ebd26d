import test, { type ExecutionContext } from 'ava';
import { makeProbe } from '../../modules/probe/testbed.ts';
import { componentVariants } from '../../tools/bench/variants.ts';
import { Hub } from '../bus/hub.ts';
import { Allowances } from '../capability/allowances.ts';
import { clock as clockCapability } from '../capability/clock.ts';
import { keyValue } from '../capability/key-value.ts';
import { Capabilities } from '../capability/link-vm.ts';
import { log } from '../capability/log.ts';
import { networkStream } from '../capability/network-stream.ts';
import { SimulatedStreams } from '../capability/simulated-streams.ts';
import { codeOf } from '../component/made-code.ts';
import { MemoryCode } from '../component/memory-code.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { inlineCells } from '../vm/inline-cell.ts';
import { Supervisor } from '../vm/supervisor.ts';
import { MadeCodes, type MadeCodesOptions } from './made-codes.ts';
import { ModuleError, Modules } from './modules.ts';
import { ModuleStore } from './store.ts';
import { sha256 } from './store-digest.ts';

const { built, component } = await makeProbe();
const variant = await componentVariants();
const { memoryPages } = component.manifest.budget;

async function delivery(bytes: Uint8Array<ArrayBuffer>) {
	return { bytes, digest: await sha256(bytes), uuid: 'a-uuid', url: 'memory:' };
}

type Life = Partial<Pick<MadeCodesOptions, 'platform' | 'carried'>>;

/** A disk, and what runs on it from one start to the next. */
function box(t: ExecutionContext) {
	const directory = new MemoryDirectory();
	const files: ConstructorParameters<typeof MemoryCode>[0] = new Map();
	const start = async ({ platform = 'one', carried }: Life = {}) => {
		const clock = new ManualClock();
		const capabilities = new Capabilities([
			log,
			clockCapability,
			keyValue(directory.folder('buckets')),
			networkStream(
				new SimulatedStreams(),
				await Allowances.open({ directory: directory.folder('allowances'), clock }),
			),
		]);
		const supervisor = new Supervisor({ clock, cells: inlineCells(clock), hub: new Hub(), capabilities });
		t.teardown(() => supervisor.close());
		const code = new MemoryCode(files);
		const made = await MadeCodes.open({ directory: directory.folder('made'), code, platform, carried });
		const modules = await Modules.open({
			store: await ModuleStore.open({ directory: directory.folder('modules') }),
			supervisor,
			capabilities,
			clock,
			code,
			made,
			networks: () => [],
			forget: async () => undefined,
			warn: (module, code, message) => t.fail(`${module}: ${code}: ${message}`),
		});
		/** How the probe comes up. */
		const settled = async () => (await supervisor.settled('probe')).state;
		return { modules, code, settled };
	};
	/** What a start would find, before any module is taken up. */
	const found = async (digest: string, platform = 'one') =>
		(
			await MadeCodes.open({ directory: directory.folder('made'), code: new MemoryCode(files), platform })
		).find(digest);
	return { files, start, found, index: directory.folder('made') };
}

test('the code of a module is kept for as long as the module is there, and that of one that is refused is not', async (t) => {
	const { start } = box(t);
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
	const { start, found } = box(t);
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
	const { start, found, files } = box(t);
	const probe = await delivery(new Uint8Array(built.bytes));
	await (await start()).modules.install(probe);
	t.is(await found(probe.digest, 'two'), undefined);
	await start({ platform: 'two' });
	t.deepEqual(await found(probe.digest, 'two'), await codeOf(built.bytes, memoryPages));
	t.is(await found(probe.digest, 'one'), undefined);
	t.is(files?.size, 1);
});

test('damaged code, and a damaged list of it, are made anew', async (t) => {
	const { start, found, files, index } = box(t);
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
	const { start, found } = box(t);
	const probe = await delivery(new Uint8Array(built.bytes));
	const carried = async (digest: string) =>
		digest === probe.digest ? codeOf(built.bytes, memoryPages) : undefined;
	await (await start({ carried })).modules.install(probe);
	t.is(await found(probe.digest), undefined);
});
