/** Whether anybody answers boxes that read the repository of a broker. */
import { connectAsync } from 'mqtt';
import { systemClock } from '../../../firmware/hal/clock.ts';
import { MqttRangeReader } from '../../../firmware/update/mqtt-range-reader.ts';

export interface IsServedOptions {
	/** `mqtt://host:port`; MQTT 5. */
	readonly broker: string;
	/** Milliseconds that somebody has to answer in. */
	readonly withinMs: number;
	readonly signal: AbortSignal;
}

/** Asks as a box does, a quarter of the time later each time. Errors: of the connection; the signal's reason. */
export async function isServed({ broker, withinMs, signal }: IsServedOptions): Promise<boolean> {
	const client = await connectAsync(broker, { protocolVersion: 5, reconnectPeriod: 0 }, false);
	try {
		const times = { timeoutMs: withinMs / 4, giveUpMs: withinMs };
		const reader = new MqttRangeReader({ client, clock: systemClock(), ...times });
		const request = { path: 'metadata/timestamp.json', offset: 0, length: 1, signal };
		return await reader.read(request).then(
			() => true,
			() => {
				signal.throwIfAborted();
				return false;
			},
		);
	} finally {
		await client.endAsync(true);
	}
}
