/** A cell with a neighbour in it, into which one component after the other is put as a box would do it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { tuneEngine } from '../../../firmware/hal/engine.ts';
import { allImports } from '../../../modules/probe/testbed.ts';
import { CodedError } from '../../error.ts';
import { ManualClock } from '../../manual-clock.ts';
import { bareSpec } from '../../vm/bare-spec.fixture.ts';
import { Cell } from '../../vm/cell.ts';
import type { CellReport, VmSpec } from '../../vm/cell-protocol.ts';
import { type PreparedComponent, prepareComponent } from '../prepare.ts';
import { guestOf } from './guest-text.ts';

/** How far a component came, and the code of what it ended with; `''` where nothing was wrong. */
export interface Ending {
	readonly at: 'install' | 'start' | 'turn' | 'sleep' | 'running';
	readonly code: string;
}

const sleepAfterMs = 1000;
const neighbourId = 1;
const hostileId = 2;
/** Of a `publish` on its first topic, as its memory holds it at 2048: tag, topic, payload. */
const publication = [0, 0, 0, 2048, 4, 0, 0, 0, 0, 0];

export class Bed {
	readonly #cell: Cell;
	readonly #clock = new ManualClock();
	#reports: CellReport[] = [];
	#isAwake = false;
	#neighbour: PreparedComponent | undefined;
	/** Of the neighbour behind a turn: each is told the same, so that each leaves the same. */
	#honest: Uint8Array | undefined;

	readonly #payload: Uint8Array;

	private constructor(payload: Uint8Array) {
		this.#payload = payload;
		this.#cell = new Cell({
			clock: this.#clock,
			report: (reports) => this.#reports.push(...reports),
			wake: () => {
				this.#isAwake = true;
			},
		});
	}

	/** @param payload of what everybody is told; default 32 zeros */
	static async start({ payload }: { readonly payload?: Uint8Array } = {}): Promise<Bed> {
		tuneEngine();
		const bed = new Bed(payload ?? new Uint8Array(32));
		const neighbour = await guestOf(
			{ data: publication, turn: publishing, start: '(i32.const 1024)' },
			{
				name: 'neighbour',
				version: '1.0.0',
				vendor: 'acme',
				publishes: { 'neighbour.out': 'probe.Word' },
				subscribes: { 'neighbour.order': 'probe.Order' },
			},
		);
		bed.#cell.accept({ tag: 'wanted', topics: ['neighbour.out', 'hostile.out'] });
		bed.#neighbour = await prepareComponent(neighbour, { provided: allImports });
		await bed.#begin(neighbourId, bed.#neighbour);
		// What the start took of its memory is free from the first turn on.
		for (let turns = 2; turns > 0; turns--) await bed.#tell('neighbour.order');
		bed.#honest = await bed.#neighbourState();
		// It stands beside the others with an instance of its own.
		await bed.#tell('neighbour.order');
		return bed;
	}

	/** Installs and starts it, gives it two turns, puts it to sleep and wakes it for another. Anything without a code is thrown. */
	async run(component: Uint8Array): Promise<Ending> {
		let prepared: PreparedComponent;
		try {
			prepared = await prepareComponent(component, { provided: allImports });
		} catch (error) {
			if (error instanceof CodedError) return { at: 'install', code: String(error.code) };
			throw error;
		}
		return this.runPrepared(prepared);
	}

	async runPrepared(prepared: PreparedComponent): Promise<Ending> {
		this.#reports = [];
		try {
			await this.#begin(hostileId, prepared);
			const started = this.#fault();
			if (started !== undefined) return { at: 'start', code: started };
			for (let turns = 2; turns > 0; turns--) {
				await this.#tell('hostile.order');
				const ended = this.#fault();
				if (ended !== undefined) return { at: 'turn', code: ended };
			}
			this.#clock.advance(sleepAfterMs);
			await this.#settle();
			const asleep = this.#fault();
			if (asleep !== undefined) return { at: 'sleep', code: asleep };
			await this.#tell('hostile.order');
			const awake = this.#fault();
			return awake === undefined ? { at: 'running', code: '' } : { at: 'turn', code: awake };
		} finally {
			this.#cell.accept({ tag: 'stop', vm: hostileId });
			await this.#settle();
		}
	}

	/** Whether nothing of the neighbour's memory, globals and tables has changed since its last turn, and it does its work. */
	async isNeighbourWell(): Promise<boolean> {
		if (Buffer.compare(await this.#neighbourState(), this.#honest ?? new Uint8Array()) !== 0) return false;
		this.#reports = [];
		await this.#tell('neighbour.order');
		return this.#reports.some((report) => report.tag === 'published' && report.topic === 'neighbour.out');
	}

	/** All of it, as it would go to another cell; it comes back at once, and has an instance again with its next turn. */
	async #neighbourState(): Promise<Uint8Array> {
		this.#reports = [];
		this.#cell.accept({ tag: 'rest', vm: neighbourId });
		this.#cell.accept({ tag: 'move-out', vm: neighbourId });
		const passage = this.#reports.find((report) => report.tag === 'moved-out')?.passage;
		if (passage === undefined || this.#neighbour === undefined) throw new Error('the neighbour is gone');
		await this.#begin(neighbourId, this.#neighbour, { passage });
		return passage.asleep;
	}

	#begin(vm: number, component: PreparedComponent, change: Partial<VmSpec> = {}): Promise<void> {
		const spec = bareSpec(component, {
			effects: ['put', 'delete'],
			bucket: new Map(),
			bucketBytes: 1024,
			sleepAfterMs,
			...change,
		});
		this.#cell.accept({ tag: 'start', vm, spec });
		return this.#settle();
	}

	#tell(topic: string): Promise<void> {
		this.#cell.accept({ tag: 'publish', topic, sender: 0, payload: this.#payload });
		return this.#settle();
	}

	#fault(): string | undefined {
		return this.#reports.find((report) => report.tag === 'fault')?.code;
	}

	/** A trap is told a little later; then the cell asks to be run again. */
	async #settle(): Promise<void> {
		for (let left = 64; this.#isAwake && left > 0; left--) {
			this.#isAwake = false;
			if (this.#cell.run(64)) this.#isAwake = true;
			await nextTurn();
		}
	}
}

/** A list of one effect, at 2048, as the result of a turn. */
const publishing = `(i32.store (i32.const 1036) (i32.const 2048)) (i32.store (i32.const 1040) (i32.const 1)) (i32.const 1032)`;
