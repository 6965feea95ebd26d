/** `Device.X_MULLION_Boot.`: how the last start of the box went, phase by phase. */
import type { BootSource } from '../ports.ts';
import type { ObjectProvider } from './provider.ts';

export function bootObjects({ boot }: { readonly boot: BootSource }): ObjectProvider[] {
	return [
		{
			path: 'Device.X_MULLION_Boot.',
			read: async () => ({ PhaseNumberOfEntries: (await boot.phases()).length }),
		},
		{
			path: 'Device.X_MULLION_Boot.Phase.{i}.',
			rows: async () =>
				(await boot.phases()).map(({ stage, name, startMs, endMs }, index) => ({
					number: index + 1,
					// Milliseconds since the kernel began.
					params: { Stage: stage, Name: name, Start: Math.round(startMs), End: Math.round(endMs) },
				})),
		},
	];
}
