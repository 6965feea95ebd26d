/** `Device.X_MULLION_Bus.`: puts a message on the box's bus from afar, as its VMs would. */
import { UspError } from '../error.ts';
import type { BusPort } from '../ports.ts';
import type { Command, ObjectProvider } from './provider.ts';

/** Longest time a controller may wait for a VM's answer, in milliseconds. */
export const maxDeadlineMs = 60_000;

export function busObject({ bus }: { bus: BusPort }): ObjectProvider {
	const publish: Command = {
		kind: 'sync',
		inputs: { Topic: { isRequired: true }, Payload: {} },
		outputs: ['Receivers'],
		run: async ({ args }) => {
			const message = { topic: args['Topic'] ?? '', payload: bytesOf(args['Payload'] ?? '') };
			return { outputs: { Receivers: await bus.publish(message) } };
		},
	};
	const request: Command = {
		kind: 'sync',
		inputs: { Topic: { isRequired: true }, Payload: {}, DeadlineMs: { otherwise: '5000' } },
		outputs: ['Payload'],
		run: async ({ args, signal }) => {
			const deadlineMs = Number(args['DeadlineMs']);
			if (!(Number.isInteger(deadlineMs) && deadlineMs > 0 && deadlineMs <= maxDeadlineMs))
				throw new UspError('invalid-command-arguments', `DeadlineMs has to be 1 to ${maxDeadlineMs}`);
			const message = { topic: args['Topic'] ?? '', payload: bytesOf(args['Payload'] ?? '') };
			const answer = await bus.request({ ...message, deadlineMs, signal });
			return { outputs: { Payload: Buffer.from(answer).toString('base64') } };
		},
	};
	return {
		path: 'Device.X_MULLION_Bus.',
		read: () => ({}),
		commands: { 'Publish()': publish, 'Request()': request },
	};
}

function bytesOf(base64: string): Uint8Array {
	if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64))
		throw new UspError('invalid-command-arguments', 'Payload is not base64');
	return new Uint8Array(Buffer.from(base64, 'base64'));
}
