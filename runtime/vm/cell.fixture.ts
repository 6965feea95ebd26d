/** A cell with probes, which runs whenever it has something to do. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { makeProbe, type Order } from '../../modules/probe/testbed.ts';
import type { Clock } from '../clock.ts';
import type { CodeReader } from '../component/service-code.ts';
import { ManualClock } from '../manual-clock.ts';
import { bareSpec } from './bare-spec.fixture.ts';
import { Cell } from './cell.ts';
import type { CellCommand, CellReport, VmId, VmSpec } from './cell-protocol.ts';
import type { Passage } from './passage.ts';

export const probe = await makeProbe();

export interface CellBed {
	readonly clock: ManualClock;
	/** Everything said so far, and nothing after it. */
	reports(): Promise<CellReport[]>;
	/** What the probes said on `probe.out`. */
	words(): Promise<string[]>;
	do(command: CellCommand): Promise<void>;
	/** Says it, and the cell runs only when it is asked for something else. */
	leave(command: CellCommand): void;
	/** Says it, and lets the cell run for one slice. */
	post(command: CellCommand): void;
	start(vm: VmId, change?: Partial<VmSpec>): Promise<void>;
	order(order: Order): Promise<void>;
	faults(): Promise<string[]>;
	/** All of a VM, which is here no more. */
	moveOut(vm: VmId): Promise<Passage | undefined>;
}

/** A probe that may do all that a probe can. */
export function specOf(vm: VmId, change: Partial<VmSpec> = {}): VmSpec {
	return bareSpec(probe.component, {
		name: `probe-${vm}`,
		effects: ['put', 'delete', 'fetch', 'cancel-fetch'],
		log: { linesPerTurn: 4, bytesPerTurn: 1024 },
		bucket: new Map(),
		bucketBytes: 1024,
		...change,
	});
}

/** @param code where that of VMs is kept that sleep; default nowhere */
export async function bed(
	t: ExecutionContext,
	time: Clock = new ManualClock(),
	code?: CodeReader,
): Promise<CellBed> {
	const said: CellReport[] = [];
	let isAwake = false;
	const cell = new Cell({
		clock: time,
		...(code && { code }),
		report: (reports) => said.push(...reports),
		wake: () => {
			isAwake = true;
		},
	});
	/** A trap is told in a later microtask; the cell then asks to be run again, or has nothing more to do. */
	const settle = async (): Promise<void> => {
		for (let left = 100_000; isAwake; left--) {
			if (left === 0) t.fail('the cell never comes to rest');
			isAwake = false;
			if (cell.run(64)) isAwake = true;
			await nextTurn();
		}
	};
	const command = async (what: CellCommand): Promise<void> => {
		cell.accept(what);
		await settle();
	};
	await command({ tag: 'wanted', topics: ['probe.out'] });
	return {
		clock: time as ManualClock,
		reports: async () => {
			await settle();
			return said;
		},
		words: async () => {
			await settle();
			return said.flatMap((r) => (r.tag === 'published' ? [probe.word(r.payload).text] : []));
		},
		moveOut: async (vm) => {
			await command({ tag: 'rest', vm });
			await command({ tag: 'move-out', vm });
			return said.findLast((r) => r.tag === 'moved-out')?.passage;
		},
		faults: async () => {
			await settle();
			return said.flatMap((r) => (r.tag === 'fault' ? [r.code] : []));
		},
		do: command,
		leave: (what) => cell.accept(what),
		post: (what) => {
			cell.accept(what);
			isAwake = cell.run(64);
		},
		start: (vm, change) => command({ tag: 'start', vm, spec: specOf(vm, change) }),
		order: (order) =>
			command({ tag: 'publish', topic: 'probe.order', sender: 0, payload: probe.order(order) }),
	};
}
