/** manifest.json of a module -> the manifest of each component that is shipped of it. */
import type protobuf from 'protobufjs';
import { capabilityNames } from '../../runtime/capability/capability.ts';
import { type Manifest, ManifestError, parseManifest } from '../../runtime/module/manifest.ts';
import { orRather } from '../../runtime/near-name.ts';
import { BuildError } from './build-error.ts';
import { encodeJson } from './message-json.ts';

export interface ResolvedManifest {
	/** As it stands in the component. */
	readonly json: JsonObject;
	readonly manifest: Manifest;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Messages that the platform adds to the topics of a module with sessions. */
const sessionTypes = [
	'mullion.session.SessionControl',
	'mullion.session.SessionAnswer',
	'mullion.session.Checkpoint',
];

/**
 * One manifest per persona, or the only one of a module without personas.
 *
 * @param root every message that the module knows
 * @throws BuildError `bad-manifest-file`, `unknown-type`, `bad-config`
 */
export function resolveManifests(source: JsonObject, root: protobuf.Root): ResolvedManifest[] {
	const { personas, config, session, ...base } = source;
	const configuration = optionalObject(config, 'config');
	if (personas === undefined) {
		const { value, ...rest } = configuration ?? {};
		const own = configuration && { ...rest, ...encoded(configuration, { value, root, at: 'config.value' }) };
		return [resolved({ ...base, ...present('session', session), ...present('config', own) }, root)];
	}
	return Object.entries(object(personas, 'personas')).map(([persona, settings]) => {
		const { ranges, config: value, ...unknown } = object(settings, `personas.${persona}`);
		const [stranger] = Object.keys(unknown);
		if (stranger !== undefined) throw bad(`personas.${persona}.${stranger} is not a setting of a persona`);
		if (value !== undefined && configuration === undefined) {
			throw bad(`personas.${persona}.config has no meaning without config.type`);
		}
		const at = `personas.${persona}.config`;
		const own = configuration && { ...configuration, ...encoded(configuration, { value, root, at }) };
		return resolved(
			{
				...base,
				name: `${source['name']}-${persona}`,
				persona,
				...present(
					'session',
					ranges === undefined ? session : { ...optionalObject(session, 'session'), ranges },
				),
				...present('config', own),
			},
			root,
		);
	});
}

function resolved(json: JsonObject, root: protobuf.Root): ResolvedManifest {
	let manifest: Manifest;
	try {
		manifest = parseManifest(json);
	} catch (cause) {
		if (!(cause instanceof ManifestError)) throw cause;
		throw new BuildError('bad-manifest-file', `manifest.json: ${cause.message}`, { cause });
	}
	for (const type of declaredTypes(manifest)) messageType(root, type);
	const known: readonly string[] = capabilityNames;
	for (const name of Object.keys(manifest.capabilities))
		if (!known.includes(name))
			throw bad(`capabilities.${name} is not a capability of the platform${orRather(name, known)}`);
	return { json, manifest };
}

/** Those of the topics that come with a capability. */
const capabilityTypes: Readonly<Record<string, readonly string[]>> = {
	serial: ['mullion.expansion.SerialData'],
	recordings: ['mullion.recordings.Order', 'mullion.recordings.Report'],
};

/** Every message that a manifest names, directly or by having sessions. */
export function declaredTypes({ publishes, subscribes, config, session, capabilities }: Manifest): string[] {
	const types = [...Object.values(publishes), ...Object.values(subscribes).map(({ type }) => type)];
	if (config.type !== '') types.push(config.type);
	if (session !== undefined) types.push(...sessionTypes);
	for (const name of Object.keys(capabilities)) types.push(...(capabilityTypes[name] ?? []));
	return [...new Set(types)];
}

function messageType(root: protobuf.Root, name: string): protobuf.Type {
	try {
		return root.lookupType(name);
	} catch (cause) {
		throw new BuildError(
			'unknown-type',
			`manifest.json names the message ${name}, which is in no .proto file of the module or of the platform`,
			{ cause },
		);
	}
}

function encoded(
	config: JsonObject,
	{ value = {}, root, at }: { value: unknown; root: protobuf.Root; at: string },
) {
	if (config['bytes'] !== undefined) throw bad('config.bytes is written by the build; give config.value');
	const { type } = config;
	if (typeof type !== 'string') throw bad('config.type must be the full name of a protobuf message');
	const bytes = encodeJson(messageType(root, type), { value, at: `manifest.json: ${at}` });
	return { bytes: bytes.toBase64() };
}

function object(value: unknown, at: string): JsonObject {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
	throw bad(`${at} must be an object`);
}

function optionalObject(value: unknown, at: string): JsonObject | undefined {
	return value === undefined ? undefined : object(value, at);
}

function present(key: string, value: unknown): JsonObject {
	return value === undefined ? {} : { [key]: value };
}

function bad(message: string): BuildError {
	return new BuildError('bad-manifest-file', `manifest.json: ${message}`);
}
