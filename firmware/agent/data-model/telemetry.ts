/** `Device.X_MULLION_Telemetry.`: the state of the whole box in one value, at a steady pace. */
import type { Clock, Timer } from '../../../runtime/clock.ts';
import type { TelemetrySource } from '../ports.ts';
import type { ObjectProvider } from './provider.ts';

const path = 'Device.X_MULLION_Telemetry.';

interface TelemetryObjectOptions {
	readonly telemetry: TelemetrySource;
	readonly clock: Clock;
	/** Milliseconds between two samples; default 1000. */
	readonly intervalMs?: number;
}

export function telemetryObject({
	telemetry,
	clock,
	intervalMs = 1000,
}: TelemetryObjectOptions): ObjectProvider {
	return {
		path,
		read: () => ({ IntervalMs: intervalMs }),
		commands: {
			'Read()': {
				kind: 'sync',
				inputs: {},
				outputs: ['Data'],
				run: async () => ({ outputs: { Data: JSON.stringify(await telemetry.sample()) } }),
			},
		},
		events: { 'Sample!': ['Data'] },
		watch: (events) => {
			let timer: Timer | undefined;
			const next = () => {
				timer = clock.after(intervalMs, () => {
					void tell();
					next();
				});
			};
			const tell = async (): Promise<void> => {
				const Data = JSON.stringify(await telemetry.sample());
				events.emit({ objectPath: path, name: 'Sample!', args: { Data } });
			};
			const stopWatching = events.whenWanted(path, 'Sample!', (isWanted) => {
				timer?.cancel();
				if (isWanted) next();
			});
			return () => {
				stopWatching();
				timer?.cancel();
			};
		},
	};
}
