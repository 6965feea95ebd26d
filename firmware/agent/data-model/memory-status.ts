/** `Device.DeviceInfo.MemoryStatus.`: how much of its memory the box has left. */
import type { MemoryView } from '../ports.ts';
import type { ObjectProvider } from './provider.ts';

export function memoryStatus({ memory }: { readonly memory: MemoryView }): ObjectProvider {
	return {
		path: 'Device.DeviceInfo.MemoryStatus.',
		read: async () => {
			const { totalBytes, freeBytes } = await memory.read();
			// TR-181 counts both in kibibytes.
			return { Total: Math.floor(totalBytes / 1024), Free: Math.floor(freeBytes / 1024) };
		},
	};
}
