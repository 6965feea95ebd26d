/** `Device.Reboot()`: has the box start anew, with what `BootFirmwareImage` says. It has ended once the box is back. */
import type { FirmwareManager } from '../ports.ts';
import type { ObjectProvider } from './provider.ts';

export function reboot({ firmware }: { readonly firmware: FirmwareManager }): ObjectProvider {
	return {
		path: 'Device.',
		read: () => ({}),
		commands: {
			'Reboot()': {
				kind: 'async',
				isResumable: true,
				inputs: {},
				outputs: [],
				run: async ({ isResumed, signal }) => {
					if (isResumed) return {};
					await firmware.restart();
					// The command is taken up by the next life of the box.
					return new Promise((_, reject) => {
						signal.addEventListener('abort', () => reject(signal.reason), { once: true });
						if (signal.aborted) reject(signal.reason);
					});
				},
			},
		},
	};
}
