import test from 'ava';
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
import { MemoryCode } from '../component/memory-code.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { inlineCells } from '../vm/inline-cell.ts';
import { Supervisor } from '../vm/supervisor.ts';
import { ModuleError, Modules } from './modules.ts';
import { ModuleStore } from './store.ts';
import { sha256 } from './store-digest.ts';

const { built } = await makeProbe();
const variant = await componentVariants();

async function delivery(bytes: Uint8Array<ArrayBuffer>) {
	return { bytes, digest: await sha256(bytes), uuid: 'a-uuid', url: 'memory:' };
}

test('the code of a module is kept for as long as the module is there, and that of one that is refused is not', async (t) => {
	const clock = new ManualClock();
	const directory = new MemoryDirectory();
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
	const code = new MemoryCode();
	const modules = await Modules.open({
		store: await ModuleStore.open({ directory: directory.folder('modules') }),
		supervisor,
		capabilities,
		clock,
		code,
		networks: () => [],
		forget: async () => undefined,
		warn: (module, code, message) => t.fail(`${module}: ${code}: ${message}`),
	});
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
