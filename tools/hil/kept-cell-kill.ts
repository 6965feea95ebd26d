/** Kills a cell with journalled VMs again and again, and holds against each other what it said in all its lives. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { makeProbe, type Probe } from '../../modules/probe/testbed.ts';
import { writeWork } from './kept-cell-work.ts';
import { killAfter, runToEnd } from './killed-process.ts';
import { probeWork } from './probe-work.ts';

const program = fileURLToPath(new URL('kept-cell-process.ts', import.meta.url));
/** Cells side by side, each in a folder of its own: one is killed while another comes up. */
const cells = 2;
/** Every so many-th life is killed while its VMs are brought back, within so many milliseconds. */
const early = { every: 5, mostMs: 60 };
/**
 * The others are killed at work: once so many messages have left at most, and so many milliseconds later.
 * Most lives are short, and some long enough for snapshots.
 */
const late = { mostLines: 500, mostMs: 5 };
const vms = [1, 2];

/**
 * Fails the test if anything that the VMs said in one of so many lives is missing, said twice or said
 * otherwise, or if a message between them was lost or came twice.
 */
export async function killKeptCells(t: ExecutionContext, kills: number): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-kept-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const probe = await makeProbe();
	const work = join(folder, 'work');
	writeWork(work, probeWork(probe, { vms, order: { what: 'chain', count: 2 } }));
	// Only a process that ends by itself keeps what it has compiled, for all that follow.
	await runToEnd({ program, args: [join(folder, 'first'), work, '1,2', 'rest'] });
	const startedAt = performance.now();
	const said = await Promise.all(
		Array.from({ length: cells }, async (_, cell) => {
			const lives = new Lives(t, probe, { folder: join(folder, `${cell}`), work });
			for (let left = Math.ceil(kills / cells); left > 0; left--) await lives.kill();
			return lives.end();
		}),
	);
	const ms = (performance.now() - startedAt) / kills;
	t.log(`${said.reduce((sum, each) => sum + each, 0)} messages in ${kills} lives of ${ms.toFixed(0)} ms`);
}

/** A kill may tear the write that it comes upon, which nobody was told of. */
const tornWrite = /in the journal cannot be read: a power cut stopped a write/;

/** One cell over all its lives. */
class Lives {
	readonly #t: ExecutionContext;
	readonly #probe: Probe;
	readonly #paths: { readonly folder: string; readonly work: string };
	/** By VM, turn and place in it. */
	readonly #seen = new Map<string, { vm: number; turn: number; index: number; payload: string }>();
	#lives = 0;

	constructor(t: ExecutionContext, probe: Probe, paths: { folder: string; work: string }) {
		this.#t = t;
		this.#probe = probe;
		this.#paths = paths;
	}

	async kill(): Promise<void> {
		const isEarly = this.#lives % early.every === 0;
		const moment = isEarly
			? { afterMs: Math.random() * early.mostMs }
			: {
					from: 'up',
					lines: Math.floor(Math.random() ** 4 * late.mostLines),
					afterMs: Math.random() * late.mostMs,
				};
		this.#hear(await killAfter({ ...this.#run(), ...moment }));
	}

	/** Lets all that is on its way arrive; returns how many messages have left the cell. */
	async end(): Promise<number> {
		const t = this.#t;
		const lives = this.#lives;
		this.#hear(await runToEnd(this.#run('rest')));
		const count = this.#seen.size;
		this.#hear(await runToEnd(this.#run('rest')));
		t.is(this.#seen.size, count, 'nothing was on its way any more');
		const words = vms.map((vm) => this.#wordsOf(vm));
		for (const ofOne of words) {
			t.true(ofOne.length > lives);
			// Each order that a VM has had is one word: none is missing, none is there twice.
			t.true(ofOne.every(({ count }, at) => count === at + 1));
		}
		// What a VM says to go on with reaches both.
		const sent = words.flat().filter(({ text }) => text === '2' || text === '1').length;
		for (const ofOne of words)
			t.is(ofOne.filter(({ text }) => text === '1' || text === '0').length, sent, 'messages between the VMs');
		return count;
	}

	#run(...how: string[]): { program: string; args: string[] } {
		const order = this.#lives++ % 2 === 0 ? '1,2' : '2,1';
		return { program, args: [this.#paths.folder, this.#paths.work, order, ...how] };
	}

	#hear(lines: readonly string[]): void {
		const wrong: string[] = [];
		for (const line of lines) {
			const [vm, turn, index, payload] = line.split(' ');
			if (vm === '!' && !tornWrite.test(line)) wrong.push(line);
			if (vm === '!' || payload === undefined) continue;
			const id = `${vm} ${turn} ${index}`;
			const before = this.#seen.get(id);
			if (before === undefined)
				this.#seen.set(id, { vm: Number(vm), turn: Number(turn), index: Number(index), payload });
			// What is said again is what was said.
			else if (before.payload !== payload) wrong.push(`${line} was ${before.payload}`);
		}
		this.#t.deepEqual(wrong, [], `in life ${this.#lives}`);
	}

	#wordsOf(vm: number): { text: string; count: number }[] {
		return [...this.#seen.values()]
			.filter((said) => said.vm === vm)
			.toSorted((a, b) => a.turn - b.turn || a.index - b.index)
			.map(({ payload }) => this.#probe.word(Uint8Array.fromHex(payload)));
	}
}
