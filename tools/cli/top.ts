/** `mullion top`: the VMs of the box as they work, the busiest first. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Controller } from '../controller/controller.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import { type Command, text } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { Keys } from './keys.ts';
import { LiveScreen } from './live-screen.ts';
import { type SortKey, sortKeys, topLines } from './top-table.ts';
import { readVmLoads, type VmRates, type VmSample, withRates } from './vm-loads.ts';

/** The box is asked no more often than this, whatever is wished. */
const shortestMs = 250;
/** Between the two looks that a single picture is made of. */
const onceMs = 500;

export const top: Command = {
	name: 'top',
	summary: 'Shows the VMs of the box as they work: class, state, CPU, memory, inbox, turns.',
	usage: '[OPTIONS]',
	options: {
		interval: {
			type: 'string',
			short: 'i',
			value: 'SECONDS',
			help: 'between two pictures; default 1, at least 0.25',
		},
		once: { type: 'boolean', help: 'one picture, then done' },
		sort: { type: 'string', value: 'KEY', help: `${sortKeys.join(', ')}; default cpu` },
		...headendOptions,
	},
	examples: [
		['mullion top', 'live; q quits, c, m, i sort by CPU, memory, inbox'],
		['mullion top --once --sort memory', 'one picture'],
		['mullion top --json', 'one snapshot for a program'],
		['mullion top --json --interval 5', 'one snapshot a line, every five seconds'],
	],
	run: async (context) => {
		const { options, output, signal } = context;
		const interval = text(context, 'interval');
		const intervalMs = Math.max(shortestMs, Number(interval ?? '1') * 1000);
		if (!Number.isFinite(intervalMs) || Number(interval ?? '1') <= 0)
			throw new CliError('usage', '--interval is a number of seconds');
		const sort = text(context, 'sort') ?? 'cpu';
		if (!isSortKey(sort)) throw new CliError('usage', `--sort is one of ${sortKeys.join(', ')}`);
		const isOnce = options['once'] === true || (output.isJson && interval === undefined);
		const isLive = output.isTerminal && !output.isJson && !isOnce;
		await withBox(context, async (box) => {
			if (isLive) return live({ box, sort, intervalMs, signal, output });
			let before = await readVmLoads(box);
			for (let pauseMs = isOnce ? onceMs : Math.min(onceMs, intervalMs); ; pauseMs = intervalMs) {
				await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
				if (signal.aborted) return;
				const now = await readVmLoads(box);
				const vms = withRates(before, now);
				output.result(snapshotOf(now, vms), topLines(vms, { sort, output }).join('\n'));
				if (isOnce) return;
				before = now;
			}
		});
	},
};

const isSortKey = (key: string): key is SortKey => sortKeys.some((known) => known === key);

const snapshotOf = ({ atMs }: VmSample, vms: readonly VmRates[]) => ({
	at: new Date(atMs).toISOString(),
	vms,
});

interface LiveOptions {
	readonly box: Controller;
	readonly sort: SortKey;
	readonly intervalMs: number;
	readonly signal: AbortSignal;
	readonly output: Parameters<typeof topLines>[1]['output'];
}

async function live({ box, sort, intervalMs, signal, output }: LiveOptions): Promise<void> {
	const quit = new AbortController();
	const until = AbortSignal.any([signal, quit.signal]);
	let by = sort;
	let shown: readonly VmRates[] = [];
	using screen = new LiveScreen(process.stdout);
	const draw = (): void =>
		screen.show(topLines(shown, { sort: by, output, columns: screen.columns, hasKeys: true }));
	using _keys = new Keys(process.stdin, (key) => {
		if (key === 'q' || key === '\u0003') return quit.abort();
		const wanted = sortKeys.find((name) => name.startsWith(key));
		if (wanted === undefined) return;
		by = wanted;
		draw();
	});
	let before = await readVmLoads(box);
	shown = withRates(before, before);
	draw();
	while (!until.aborted) {
		await sleep(intervalMs, undefined, { signal: until }).catch(() => undefined);
		if (until.aborted) return;
		const now = await readVmLoads(box);
		shown = withRates(before, now);
		before = now;
		draw();
	}
}
