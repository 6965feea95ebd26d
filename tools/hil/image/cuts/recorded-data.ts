/** A box at work with every write to its disk recorded: modules come and go while journalled services are busy. */
import type { Probe } from '../../../../modules/probe/testbed.ts';
import { appendSections } from '../../../build/section.ts';
import type { Controller } from '../../../controller/controller.ts';
import { withManifest } from '../../box/variant.ts';
import type { ImageBench } from '../image-bench.ts';
import { askFor, publish } from './box-talk.ts';
import { Diary } from './diary.ts';
import { links, type Partner, pair, pairTopic } from './journal-pair.ts';

const units = 'Device.SoftwareModules.';
/** The module that comes and goes, and how many bytes it is the heavier for. */
export const guest = { name: 'guest', padding: 200_000 } as const;

/** What was said and heard outside. */
export type Fact =
	/** The module is to be of this version, or is; empty for none. */
	| { readonly kind: 'wanted' | 'reached'; readonly version: string }
	| { readonly kind: 'asked'; readonly of: Partner }
	| { readonly kind: 'answered'; readonly of: Partner; readonly count: number; readonly certain: number }
	| { readonly kind: 'sent' };

export interface RecordedDataOptions {
	readonly bench: ImageBench;
	readonly operator: Controller;
	readonly probe: Probe;
	/** What its disk is being recorded into. */
	readonly log: string;
	/** Times that the module comes, changes and goes. */
	readonly rounds: number;
}

/** Returns once all is done, with what was known when. */
export async function workWhileRecorded({
	bench,
	operator,
	probe,
	log,
	rounds,
}: RecordedDataOptions): Promise<Diary<Fact>> {
	const diary = new Diary<Fact>(log);
	const urls = new Map<string, string>();
	for (const version of ['1.0.0', '2.0.0']) {
		const path = `modules/${guest.name}-${version}.wasm`;
		await bench.repository.addTarget({ path, bytes: guestModule(probe.built.bytes, version) });
		urls.set(version, `tuf:${path}`);
	}
	const step = async (version: string, command: string, args: Readonly<Record<string, string>> = {}) => {
		diary.note({ kind: 'wanted', version });
		await operator.operate(command, args);
		diary.note({ kind: 'reached', version });
	};
	const argsOf = (version: string) => ({ URL: urls.get(version) ?? '' });
	const chatter = keepBusy({ operator, probe, diary });
	for (let round = 0; round < rounds; round++) {
		await step('1.0.0', `${units}InstallDU()`, argsOf('1.0.0'));
		const row = await rowOf(operator);
		await step('2.0.0', `${row}Update()`, argsOf('2.0.0'));
		await step('', `${row}Uninstall()`);
	}
	await chatter.stop();
	return diary;
}

function guestModule(probe: Uint8Array, version: string): Uint8Array {
	const bytes = withManifest(probe, (manifest) => ({
		...manifest,
		name: guest.name,
		version,
		subscribes: { [`${guest.name}.echo`]: 'probe.Word' },
	}));
	return appendSections(
		bytes,
		new Map([['padding', new Uint8Array(guest.padding).fill(version.charCodeAt(0))]]),
	);
}

async function rowOf(operator: Controller): Promise<string> {
	const rows = await operator.get([`${units}DeploymentUnit.`]);
	const [path] = Object.entries(rows).find(([, { Name }]) => Name === guest.name) ?? [];
	if (path === undefined) throw new Error(`${guest.name} is not installed`);
	return path;
}

/** Sends chains of orders and asks, one after the other, until it is told to stop. */
function keepBusy({
	operator,
	probe,
	diary,
}: Pick<RecordedDataOptions, 'operator' | 'probe'> & { readonly diary: Diary<Fact> }) {
	let isOver = false;
	const working = (async () => {
		for (let sent = 0; !isOver; sent++) {
			diary.note({ kind: 'sent' });
			await publish({ operator, probe }, pairTopic, { what: 'chain', count: links });
			for (const of of pair) {
				diary.note({ kind: 'asked', of });
				const count = await askFor({ operator, probe }, of);
				diary.note({ kind: 'answered', of, count, certain: sent + 1 });
			}
		}
	})();
	working.catch(() => undefined);
	return {
		stop: () => {
			isOver = true;
			return working;
		},
	};
}
