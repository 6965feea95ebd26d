import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { makeProbe, type Order, type Word } from '../../modules/probe/testbed.ts';
import { bareSpec } from '../../runtime/vm/bare-spec.fixture.ts';
import type { CellHost } from '../../runtime/vm/cell-host.ts';
import type { CellReport } from '../../runtime/vm/cell-protocol.ts';
import { threadedCells } from './cell-thread.ts';

const probe = await makeProbe();

async function cellsIn(t: ExecutionContext): Promise<CellHost> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-cells-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	return threadedCells({ folder, platformVersion: '1.0.0' });
}

/** A cell with one journalled probe in it. */
function spawn(cells: CellHost) {
	const said: CellReport[] = [];
	let look = (): void => undefined;
	const cell = cells.spawn({
		name: 'open',
		onReports: (reports) => {
			said.push(...reports);
			look();
		},
		onLost: (why) => said.push({ tag: 'log', vm: 1, line: { level: 'error', text: why } }),
	});
	const keep = { mode: 'journal', intervalMs: 1000, digest: probe.component.digest } as const;
	cell.send({ tag: 'wanted', topics: ['probe.out'] });
	cell.send({ tag: 'start', vm: 1, spec: bareSpec(probe.component, { keep }) });
	const words = (): Word[] =>
		said.flatMap((report) => (report.tag === 'published' ? [probe.word(report.payload)] : []));
	return {
		said,
		words,
		/** Resolves once this is so. */
		until: (isSo: () => boolean) =>
			new Promise<void>((resolve) => {
				look = () => {
					if (isSo()) resolve();
				};
				look();
			}),
		order: (order: Order) =>
			cell.send({ tag: 'publish', topic: 'probe.order', sender: 0, payload: probe.order(order) }),
		terminate: () => cell.terminate(),
	};
}

const last = (words: readonly Word[]): number => words.at(-1)?.count ?? 0;

test('a thread that takes the place of one ended at any moment waits for it, and its VMs lose and double nothing', async (t) => {
	const cells = await cellsIn(t);
	let cell = spawn(cells);
	let heard = 0;
	for (let round = 0; round < 8; round++) {
		await cell.until(() => cell.said.some(({ tag }) => tag === 'started'));
		for (let left = 50; left > 0; left--) cell.order({ what: 'count' });
		const goal = heard + round;
		await cell.until(() => last(cell.words()) > goal);
		heard = last(cell.words());
		// What it has under way is not waited for here.
		const ended = cell.terminate();
		const next = spawn(cells);
		await ended;
		await next.until(() => next.said.some(({ tag }) => tag === 'started'));
		next.order({ what: 'count' });
		await next.until(() => last(next.words()) > heard);
		const counts = next.words().map(({ count }) => count);
		t.deepEqual(
			counts,
			counts.map((_, at) => (counts[0] ?? 0) + at),
			'whole, with what is said again',
		);
		t.true((counts[0] ?? 0) <= heard + 1);
		t.deepEqual(
			next.said.filter(({ tag }) => tag === 'log' || tag === 'fault'),
			[],
		);
		heard = last(next.words());
		cell = next;
	}
	await cell.terminate();
});

test('a VM that never ends a turn is ended with its thread, and the next one goes on without that turn', async (t) => {
	const cells = await cellsIn(t);
	const cell = spawn(cells);
	cell.order({ what: 'count' });
	await cell.until(() => last(cell.words()) === 1);
	cell.order({ what: 'loop' });
	await cell.terminate();

	const next = spawn(cells);
	next.order({ what: 'count' });
	await next.until(() => last(next.words()) === 2);
	t.deepEqual(
		next.said.filter(({ tag }) => tag === 'log' || tag === 'fault'),
		[],
	);
	await next.terminate();
});
