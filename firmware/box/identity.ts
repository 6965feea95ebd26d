/** What a box says of itself (TR-181 Device.DeviceInfo), from its endpoint id. */
import type { DeviceIdentity } from '../agent/ports.ts';
import type { ImageDescription } from '../own-image.ts';

export const platformVersion = '0.1.0';

/**
 * @param endpointId `os::OUI-SERIAL` or `os::OUI-CLASS-SERIAL` (TR-369 R-ARC.4)
 * @param image that the box runs from; without one it is the platform on somebody's machine
 */
export function identityOf(
	endpointId: string,
	image: Pick<ImageDescription, 'board' | 'version'> | undefined,
): DeviceIdentity {
	const [oui = '', ...rest] = endpointId.replace(/^os::/, '').split('-');
	return {
		manufacturer: 'Mullion',
		manufacturerOui: /^[0-9A-F]{6}$/.test(oui) ? oui : '000000',
		modelName: 'Mullion box',
		productClass: rest.length > 1 ? (rest[0] ?? '') : 'mullion',
		serialNumber: rest.at(-1) ?? endpointId,
		hardwareVersion: image?.board ?? process.arch,
		softwareVersion: image?.version ?? platformVersion,
	};
}
