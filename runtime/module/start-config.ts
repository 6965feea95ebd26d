/** A module with the configuration that its operator has for it, in place of the one that it was built with. */
import { type PreparedComponent, withManifest } from '../component/prepare.ts';
import { CodedError } from '../error.ts';

export const startConfigErrors = {
	'bad-start-config':
		'The configuration that the repository has for a module is too large or not base64, or the module takes none.',
} as const;

export class StartConfigError extends CodedError<keyof typeof startConfigErrors> {
	override readonly name = 'StartConfigError';
}

/** As much as a manifest may have. */
const longest = 65_536;

/** @param config base64; undefined leaves it as it is @throws StartConfigError */
export function configured(component: PreparedComponent, config: string | undefined): PreparedComponent {
	if (config === undefined) return component;
	const { manifest } = component;
	const { type } = manifest.config;
	if (type === '') throw new StartConfigError('bad-start-config', `${manifest.name} takes no configuration`);
	return withManifest(component, { ...manifest, config: { type, bytes: bytesOf(config) } });
}

function bytesOf(config: string): Uint8Array {
	if (config.length > longest * 1.4)
		throw new StartConfigError('bad-start-config', `a configuration has ${longest} bytes at most`);
	try {
		return Uint8Array.fromBase64(config);
	} catch (cause) {
		throw new StartConfigError('bad-start-config', 'the configuration is not base64', { cause });
	}
}
