/** `mullion record`: the turns of a VM on the box, into a file. */
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeFolder } from '../../firmware/hal/make-folder.ts';
import { finished, readRecording, wholeLength } from '../../runtime/recording/recording.ts';
import type { Controller } from '../controller/controller.ts';
import { ControllerError } from '../controller/controller-error.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import { type Command, type Context, text } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { printable } from './printable.ts';
import { unitPath } from './unit-path.ts';
import { wholeNumber } from './whole-number.ts';

/** Between two looks for what is new. */
const pauseMs = 200;

const counted = { least: 1, most: 4_000_000 };

export const record: Command = {
	name: 'record',
	summary:
		'Restarts a VM and records its turns, until it is enough, it fails, or Ctrl-C. One that is kept goes on where it was.',
	usage: 'VM -o FILE [OPTIONS]',
	options: {
		out: { type: 'string', short: 'o', value: 'FILE', help: 'where the recording goes' },
		turns: { type: 'string', short: 'n', value: 'N', help: 'how many turns after the restart' },
		for: { type: 'string', value: 'SECONDS', help: 'how long; with --turns what is reached first' },
		...headendOptions,
	},
	examples: [
		['mullion record clock --turns 100 -o modules/clock/recordings/day.recording', 'for its certification'],
		['mullion record player-rich@wlan0 --for 30 -o bug.recording', 'what leads to a fault, and the fault'],
	],
	run: async (context) => {
		const [vm, ...rest] = context.args;
		const out = text(context, 'out');
		if (vm === undefined || out === undefined || rest.length > 0)
			throw new CliError('usage', 'give a VM and -o FILE; see npx mullion record --help');
		const turns = wholeNumber(context, 'turns', counted);
		const seconds = wholeNumber(context, 'for', counted);
		const enough = seconds === undefined ? [] : [AbortSignal.timeout(seconds * 1000)];
		const signal = AbortSignal.any([context.signal, ...enough]);
		const { parts, why, count, lost } = await withBox(context, (box) =>
			take({ box, vm, turns: turns ?? 0, signal, context }),
		);
		if (count === 0)
			throw lost ?? new CliError('nothing-recorded', `${vm} had no turn while it was recorded: ${why}`);
		const file = await finished(parts.subarray(0, wholeLength(parts)), why);
		const path = resolve(context.cwd, out);
		await makeFolder(dirname(path));
		await writeFile(path, file);
		// What came before the box was lost is worth having, and is what a crash leaves.
		if (lost !== undefined) throw lost;
		const { state } = await readRecording(file);
		const begin = state === undefined ? 'start' : 'state';
		const result = { vm, file: out, begin, turns: count, bytes: file.length, ended: why };
		const after = state === undefined ? count - 1 : count;
		const what = `its ${begin} and ${after} turns, ${(file.length / 1000).toFixed(1)} kB`;
		context.output.result(result, `${context.output.bold(out)}: ${what} (${printable(why)})`);
	},
};

interface Order {
	readonly box: Controller;
	readonly vm: string;
	/** 0 is as many as there will be. */
	readonly turns: number;
	/** Aborted when it is enough. */
	readonly signal: AbortSignal;
	readonly context: Context;
}

async function take({ box, vm, turns, signal, context }: Order) {
	const path = await unitPath(box, vm);
	const args = { Turns: `${turns}` };
	const { Recording = '' } = await box.operate(`${path}X_MULLION_Record()`, args, { isSync: true });
	context.output.progress(context.output.dim(`${vm} was restarted and is being recorded ...`));
	const taken = { parts: [] as Uint8Array[], offset: 0, why: '', count: 0 };
	const end = (lost?: Error) => ({ ...taken, parts: new Uint8Array(Buffer.concat(taken.parts)), lost });
	let isStopped = false;
	try {
		while (taken.why === '') {
			if (signal.aborted && !isStopped) {
				await box.operate('Device.X_MULLION_Recording.Stop()', { Recording }, { isSync: true });
				isStopped = true;
			}
			const at = { Recording, Offset: `${taken.offset}` };
			const answer = await box.operate('Device.X_MULLION_Recording.Read()', at, { isSync: true });
			const bytes = Uint8Array.fromBase64(answer['Bytes'] ?? '');
			taken.parts.push(bytes);
			taken.offset += bytes.length;
			taken.count = Number(answer['Turns'] ?? 0);
			taken.why = answer['Ended'] ?? '';
			if (bytes.length === 0 && taken.why === '')
				await pause(pauseMs, undefined, { signal }).catch(() => undefined);
		}
	} catch (error) {
		if (taken.offset === 0 || !(error instanceof ControllerError)) throw error;
		taken.why = 'the box was lost';
		return end(error);
	}
	return end();
}
