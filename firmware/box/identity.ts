/** What a box says of itself (TR-181 Device.DeviceInfo), from its endpoint id. */
import type { DeviceIdentity } from '../agent/ports.ts';

export const platformVersion = '0.1.0';

/** @param endpointId `os::OUI-SERIAL` or `os::OUI-CLASS-SERIAL` (TR-369 R-ARC.4) */
export function identityOf(endpointId: string): DeviceIdentity {
	const [oui = '', ...rest] = endpointId.replace(/^os::/, '').split('-');
	return {
		manufacturer: 'Mullion',
		manufacturerOui: /^[0-9A-F]{6}$/.test(oui) ? oui : '000000',
		modelName: 'Mullion box',
		productClass: rest.length > 1 ? (rest[0] ?? '') : 'mullion',
		serialNumber: rest.at(-1) ?? endpointId,
		hardwareVersion: process.arch,
		softwareVersion: platformVersion,
	};
}
