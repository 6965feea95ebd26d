/** `Device.X_MULLION_Trace.`: messages on the bus as they pass, for as long as somebody goes on reading them. */
import { isTopicPattern } from '../../../runtime/bus/topic-pattern.ts';
import { UspError } from '../error.ts';
import type { TracedMessage, TraceSource } from '../ports.ts';
import { type Command, dateTimeOf, type ObjectProvider } from './provider.ts';

const mostPatterns = 32;

export function traceObject({ traces }: { traces: TraceSource }): ObjectProvider {
	const read: Command = {
		kind: 'sync',
		// A trace is whatever its caller calls it; it begins with the first call and ends without one for a while.
		inputs: { Trace: { isRequired: true }, Topics: { isRequired: true }, Vm: {} },
		outputs: ['Messages', 'LeftOut'],
		run: ({ args }) => {
			const topics = (args['Topics'] ?? '').split(',');
			if (topics.length > mostPatterns || !topics.every(isTopicPattern))
				throw new UspError(
					'invalid-command-arguments',
					`Topics has to be up to ${mostPatterns} topics, such as "media.state,session.*"`,
				);
			const { messages, leftOut } = traces.read({ id: args['Trace'] ?? '', topics, vm: args['Vm'] ?? '' });
			return { outputs: { Messages: JSON.stringify(messages.map(jsonOf)), LeftOut: leftOut } };
		},
	};
	const end: Command = {
		kind: 'sync',
		inputs: { Trace: { isRequired: true } },
		outputs: [],
		run: ({ args }) => {
			traces.end(args['Trace'] ?? '');
			return {};
		},
	};
	return {
		path: 'Device.X_MULLION_Trace.',
		read: () => ({ Traces: traces.count }),
		commands: { 'Read()': read, 'End()': end },
	};
}

function jsonOf({ at, vm, topic, kind, bytes, payload }: TracedMessage) {
	const Payload = Buffer.from(payload).toString('base64');
	return { Time: dateTimeOf(at), Vm: vm, Topic: topic, Kind: kind, Bytes: bytes, Payload };
}
