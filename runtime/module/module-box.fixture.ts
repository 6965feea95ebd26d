/** The modules of a box from one start to the next, on a disk and with a clock of its own: for tests. */
import type { ExecutionContext } from 'ava';
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
import { MadeCodes, type MadeCodesOptions } from './made-codes.ts';
import { Modules } from './modules.ts';
import { ModuleStore } from './store.ts';
import { sha256 } from './store-digest.ts';

/** As they come from a repository. */
export async function delivery(bytes: Uint8Array<ArrayBuffer>) {
	return { bytes, digest: await sha256(bytes), uuid: 'a-uuid', url: 'memory:' };
}

type Life = Partial<Pick<MadeCodesOptions, 'platform' | 'carried'>>;

/** A disk, and what runs on it from one start to the next. */
export function moduleBox(t: ExecutionContext) {
	const directory = new MemoryDirectory();
	const files: ConstructorParameters<typeof MemoryCode>[0] = new Map();
	const start = async ({ platform = 'one', carried }: Life = {}) => {
		const clock = new ManualClock();
		const capabilities = new Capabilities([
			log,
			clockCapability,
			keyValue(directory.folder('buckets')),
			networkStream({
				streams: new SimulatedStreams(),
				allowances: await Allowances.open({ directory: directory.folder('allowances'), clock }),
			}),
		]);
		/** What VMs have written to their logs since this start. */
		const lines: string[] = [];
		const supervisor = new Supervisor({
			clock,
			cells: inlineCells(clock),
			hub: new Hub(),
			capabilities,
			on: { log: (_, { text }) => lines.push(text) },
		});
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
		return { modules, code, settled, lines };
	};
	/** What a start would find, before any module is taken up. */
	const found = async (digest: string, platform = 'one') =>
		(
			await MadeCodes.open({ directory: directory.folder('made'), code: new MemoryCode(files), platform })
		).find(digest);
	return { files, start, found, disk: directory.disk, index: directory.folder('made') };
}
