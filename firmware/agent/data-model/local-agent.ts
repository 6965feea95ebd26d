/** `Device.LocalAgent.`: the agent itself, its controllers, and the commands under way. */
import type { Clock } from '../../../runtime/clock.ts';
import type { Controllers } from '../controllers.ts';
import type { Requests } from '../requests.ts';
import type { Command, ObjectProvider } from './provider.ts';
import { transferCompleteArgs } from './transfer-complete.ts';

interface LocalAgentOptions {
	readonly endpointId: string;
	readonly clock: Clock;
	readonly controllers: Controllers;
	readonly requests: Requests;
}

export function localAgent({
	endpointId,
	clock,
	controllers,
	requests,
}: LocalAgentOptions): ObjectProvider[] {
	const startedAt = clock.now();
	const cancel: Command = {
		kind: 'sync',
		inputs: {},
		outputs: [],
		run: ({ at }) => {
			requests.cancel(at[0] ?? 0);
			return {};
		},
	};
	return [
		{
			path: 'Device.LocalAgent.',
			events: { 'TransferComplete!': transferCompleteArgs },
			read: () => ({ EndpointID: endpointId, UpTime: Math.floor((clock.now() - startedAt) / 1_000_000) }),
		},
		{
			path: 'Device.LocalAgent.Controller.{i}.',
			uniqueKeys: [['EndpointID'], ['Alias']],
			rows: () =>
				controllers.list().map(({ number, endpointId: id, topic, isTool }) => ({
					number,
					params: {
						Alias: `cpe-${number}`,
						EndpointID: id,
						Enable: true,
						X_MULLION_Tool: isTool,
						X_MULLION_Topic: topic,
					},
				})),
		},
		{
			path: 'Device.LocalAgent.Request.{i}.',
			uniqueKeys: [['Alias']],
			commands: { 'Cancel()': cancel },
			rows: () =>
				requests.list().map(({ request, status }) => ({
					number: request.number,
					params: {
						Alias: `cpe-${request.number}`,
						Originator: request.originator,
						Command: `${request.objectPath}${request.command}`,
						CommandKey: request.commandKey,
						Status: status,
					},
				})),
		},
	];
}
