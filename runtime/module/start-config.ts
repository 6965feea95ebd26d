/** A module with the configuration that its operator has for it, in place of the one that it was built with. */
import { type PreparedComponent, withManifest } from '../component/prepare.ts';
import { CodedError } from '../error.ts';
import type { Manifest } from './manifest.ts';

export const startConfigErrors = {
	'bad-start-config':
		'The configuration that the operator has for a module is too large or not base64, or the module takes none or another message.',
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

/**
 * The configuration of a new version, as base64: what comes with it, or else what the version before was given. What an
 * operator has set is his until he sets something else. Undefined is the one that it was built with.
 *
 * @param given null brings back the one that it was built with
 * @param before undefined where it cannot be read any more
 * @throws StartConfigError where what is there is another message than the one that the new version takes
 */
export function configAfter(
	given: string | null | undefined,
	{ kept, before, now }: { kept: string | undefined; before: Manifest | undefined; now: Manifest },
): string | undefined {
	if (given !== undefined || kept === undefined) return given ?? undefined;
	const [was, is] = [before?.config.type ?? now.config.type, now.config.type];
	if (is === was) return kept;
	const takes = is === '' ? 'takes no configuration' : `is configured by ${is}`;
	throw new StartConfigError(
		'bad-start-config',
		`${now.name} ${now.version} ${takes}, and the operator has set a ${was}: give it another one, or null`,
	);
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
