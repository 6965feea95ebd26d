/** What an operator says to and asks of the services of a box. */
import type { Controller } from '../../controller/controller.ts';

/** The answer as text. Errors: `failed`, `no-answer`. */
export async function askBox(operator: Controller, topic: string, payload: Uint8Array): Promise<string> {
	const args = { Topic: topic, Payload: payload.toBase64(), DeadlineMs: '30000' };
	const { Payload = '' } = await operator.operate('Device.X_MULLION_Bus.Request()', args, { isSync: true });
	return new TextDecoder().decode(Uint8Array.fromBase64(Payload));
}

/** Errors: `failed` where nobody on the box subscribes the topic. */
export async function publishInBox(operator: Controller, topic: string, payload: Uint8Array): Promise<void> {
	const args = { Topic: topic, Payload: payload.toBase64() };
	await operator.operate('Device.X_MULLION_Bus.Publish()', args, { isSync: true });
}
