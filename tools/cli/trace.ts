/** `mullion trace`: messages of chosen topics as they pass on the bus of the box. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Controller } from '../controller/controller.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import { type Command, type Context, text } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { MessageReader } from './message-reader.ts';
import type { Output } from './output.ts';
import { printable } from './printable.ts';

interface Traced {
	readonly Time: string;
	readonly Vm: string;
	readonly Topic: string;
	readonly Kind: 'message' | 'request';
	readonly Bytes: number;
	readonly Payload: string;
}

/** Often enough to look live; the box decides itself how much it shows. */
const everyMs = 250;

export const trace: Command = {
	name: 'trace',
	summary: 'Shows messages of chosen topics as they pass on the bus, as text.',
	usage: 'TOPIC... [OPTIONS]',
	options: {
		vm: { type: 'string', value: 'NAME', help: 'only what this VM sends' },
		bytes: { type: 'boolean', help: 'payloads as bytes in hexadecimal, not as text' },
		...headendOptions,
	},
	examples: [
		['mullion trace media.state', 'what players say of themselves, until Ctrl-C'],
		["mullion trace 'session.*' network.state", 'several; a star stands for the rest of a topic'],
		["mullion trace '*' --vm doorbell --json", 'all that one VM sends, one object a line'],
	],
	run: async (context) => {
		const { args, options } = context;
		if (args.length === 0) throw new CliError('usage', 'name a topic; see npx mullion trace --help');
		const reader = new MessageReader(context);
		await withBox(context, (box) => follow({ box, context, isRaw: options['bytes'] === true, reader }));
	},
};

interface FollowOptions {
	readonly box: Controller;
	readonly context: Context;
	readonly isRaw: boolean;
	readonly reader: MessageReader;
}

async function follow({ box, context, isRaw, reader }: FollowOptions): Promise<void> {
	const { args, signal, output } = context;
	const Trace = randomBytes(8).toString('hex');
	const inputs = { Trace, Topics: args.join(','), Vm: text(context, 'vm') ?? '' };
	const isSync = { isSync: true };
	output.progress(output.dim(`Waiting for messages on ${args.map(printable).join(', ')} until Ctrl-C ...`));
	while (!signal.aborted) {
		const { Messages = '[]', LeftOut = '0' } = await box.operate(`${path}Read()`, inputs, isSync);
		for (const message of JSON.parse(Messages) as Traced[]) await show(message, { output, isRaw, reader });
		const leftOut = Number(LeftOut);
		if (leftOut > 0) output.result({ leftOut }, output.yellow(`... ${leftOut} more were left out`));
		await sleep(everyMs, undefined, { signal }).catch(() => undefined);
	}
	// The box would find out by itself: a few seconds later.
	await box.operate(`${path}End()`, { Trace }, isSync).catch(() => undefined);
}

const path = 'Device.X_MULLION_Trace.';

async function show(
	{ Time, Vm, Topic, Kind, Bytes, Payload }: Traced,
	{ output, isRaw, reader }: { output: Output; isRaw: boolean; reader: MessageReader },
): Promise<void> {
	const payload = new Uint8Array(Buffer.from(Payload, 'base64'));
	const isWhole = payload.length === Bytes;
	const read = isRaw || !isWhole ? undefined : await reader.read(Topic, payload);
	const value = {
		time: Time,
		vm: Vm,
		topic: Topic,
		kind: Kind,
		bytes: Bytes,
		...(read === undefined ? { hex: payload.toHex() } : { type: read.type, message: read.message }),
	};
	output.result(value, lineOf({ value, output }));
}

function lineOf({
	value: { time, vm, topic, kind, bytes, hex, message },
	output,
}: {
	value: {
		time: string;
		vm: string;
		topic: string;
		kind: string;
		bytes: number;
		hex?: string;
		message?: object;
	};
	output: Output;
}): string {
	const shown = message === undefined ? `${bytes} bytes ${hex}` : JSON.stringify(message);
	const what = kind === 'request' ? `${topic}?` : topic;
	return `${output.dim(time.slice(11, 23))} ${output.bold(printable(vm || 'box'))} ${output.green(printable(what))} ${printable(shown)}`;
}
