/** manifest.json as it stands on disk: one JSON object, in which nothing is said twice. */
import { BuildError } from './build-error.ts';
import type { JsonObject } from './manifest.ts';
import { repeatedKey } from './repeated-key.ts';

/**
 * @param path for messages
 * @throws BuildError `bad-manifest-file`
 */
export function manifestFrom(text: string, path: string): JsonObject {
	const json = parsed(text, path);
	if (typeof json !== 'object' || json === null || Array.isArray(json))
		throw new BuildError('bad-manifest-file', `${path} must be a JSON object`);
	// The last one would count, and nobody would hear of the others.
	const repeated = repeatedKey(text);
	if (repeated !== undefined)
		throw new BuildError(
			'bad-manifest-file',
			`${path}:${repeated.line}: "${repeated.key}" stands there twice`,
		);
	return json as JsonObject;
}

function parsed(text: string, path: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new BuildError('bad-manifest-file', `${path}: ${(cause as Error).message}`, { cause });
	}
}
