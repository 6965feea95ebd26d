/** `mullion send`: a message on the bus of the box, written as JSON. */
import { decodeAny, encodeAny } from '../../proto/host/codec.ts';
import { codeOf } from '../../runtime/error.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import { type Command, type Context, text } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { modulesIn, openRepository } from './repository.ts';
import { replyTypeOf, type Topic, topicIn } from './topic.ts';

export const send: Command = {
	name: 'send',
	summary: 'Puts a message on the bus of the box, as if a VM had published it.',
	usage: 'TOPIC [JSON] [OPTIONS]',
	options: {
		request: { type: 'boolean', short: 'r', help: 'ask whoever serves the topic, and show the answer' },
		deadline: { type: 'string', value: 'MS', help: 'how long to wait for the answer; default 5000' },
		type: {
			type: 'string',
			value: 'NAME',
			help: 'message type, where no module of the repository declares the topic',
		},
		'reply-type': {
			type: 'string',
			value: 'NAME',
			help: 'type of the answer; default that of the topic, or its ...Reply, ...Answer, ...Response',
		},
		...headendOptions,
	},
	examples: [
		[`mullion send doorbell.ring '{"door":"front"}'`, 'publishes a Ring'],
		[`mullion send clock.read --request`, 'an empty request; shows the answer'],
	],
	run: async (context) => {
		const [name, json = '{}', ...rest] = context.args;
		if (name === undefined || rest.length > 0)
			throw new CliError('usage', 'give a topic and at most one JSON value; see npx mullion send --help');
		const isRequest = context.options['request'] === true;
		const deadlineMs = Number(text(context, 'deadline') ?? '5000');
		if (!Number.isInteger(deadlineMs) || deadlineMs < 1)
			throw new CliError('usage', '--deadline is a number of milliseconds');
		const topic = await findTopic(context, name);
		const payload = encode(topic, json);
		const args = { Topic: name, Payload: Buffer.from(payload).toString('base64') };
		if (isRequest) return ask({ context, topic, args: { ...args, DeadlineMs: `${deadlineMs}` } });
		const { Receivers = '0' } = await withBox(context, (box) =>
			box.operate('Device.X_MULLION_Bus.Publish()', args, { isSync: true }),
		);
		const receivers = Number(Receivers);
		const people = receivers === 1 ? '1 VM' : `${receivers} VMs`;
		context.output.result(
			{ topic: name, type: topic.type, bytes: payload.length, receivers },
			`Sent to ${people}.`,
		);
	},
};

async function ask({
	context,
	topic,
	args,
}: {
	context: Context;
	topic: Topic;
	args: Record<string, string>;
}): Promise<void> {
	const { Payload = '' } = await withBox(context, (box) =>
		box.operate('Device.X_MULLION_Bus.Request()', args, { isSync: true }),
	);
	const bytes = new Uint8Array(Buffer.from(Payload, 'base64'));
	const type = text(context, 'reply-type') ?? replyTypeOf(topic);
	const answer = shown({ topic, type, bytes }) ?? { base64: Payload };
	context.output.result({ topic: topic.name, type, answer }, JSON.stringify(answer, null, '  '));
}

// An answer of another type than its name says is still worth seeing.
function shown({
	topic,
	type,
	bytes,
}: {
	topic: Topic;
	type: string;
	bytes: Uint8Array;
}): object | undefined {
	try {
		return decodeAny(topic.schema, type, bytes);
	} catch (error) {
		if (codeOf(error) === 'malformed-message') return undefined;
		throw new CliError('bad-payload', `the answer cannot be shown as ${type}: ${(error as Error).message}`, {
			cause: error,
		});
	}
}

async function findTopic(context: Context, name: string): Promise<Topic> {
	const modules = await modulesIn(await openRepository(context));
	const type = text(context, 'type');
	const topic = topicIn(modules, { name, type });
	if (topic !== undefined) return topic;
	const known = [
		...new Set(
			modules.flatMap(({ manifest }) => [
				...Object.keys(manifest.subscribes),
				...Object.keys(manifest.publishes),
			]),
		),
	];
	const hint =
		known.length === 0 ? 'no module is in the repository yet' : `known are ${known.toSorted().join(', ')}`;
	throw new CliError(
		'unknown-topic',
		type === undefined ? `no module declares "${name}"; ${hint}` : `no module has the type ${type}`,
	);
}

function encode(topic: Topic, json: string): Uint8Array {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch (cause) {
		throw new CliError('bad-payload', `the message is not JSON: ${(cause as Error).message}`, { cause });
	}
	try {
		return encodeAny(topic.schema, topic.type, value);
	} catch (cause) {
		throw new CliError('bad-payload', `it does not fit ${topic.type}: ${(cause as Error).message}`, {
			cause,
		});
	}
}
